"""Parties, authorities, people, organisations, memberships and offices."""
