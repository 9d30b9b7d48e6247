"""Specimens of letters: what an authority looks at before it uses them."""
