"""Pages about who outside must be told: the list of the desk, and what the system tells by itself."""
