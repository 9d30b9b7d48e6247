"""The public register of authorisations: only what is public."""
