"""Measurements, as ratios taken in one run: `make bench`. Seconds depend on the machine, ratios less."""
