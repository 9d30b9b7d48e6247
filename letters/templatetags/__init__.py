"""Filters for the letter templates."""
