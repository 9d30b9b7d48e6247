"""Notices: who is told what about a case, in the application and by e-mail."""
