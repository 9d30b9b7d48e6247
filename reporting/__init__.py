"""Reports of a Party on what it has authorised: read from the records, and written nowhere."""
