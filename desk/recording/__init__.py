"""Pages on which an officer or an entitled registry records what happened to outcomes."""
