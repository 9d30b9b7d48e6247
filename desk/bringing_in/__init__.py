"""Bringing in what was authorised and issued before this register was kept, from files."""
