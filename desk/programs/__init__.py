"""Service accounts of an organisation and their tokens, for those who belong to it."""
