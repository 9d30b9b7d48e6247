"""The use-cases of authorisation, by family: the only writers of its records.

Each takes the case it is about and an `Act` (who, on whose clock, under which key), goes through
the door, and returns the case as it is then. Each raises `Refused` with every reason.
"""
