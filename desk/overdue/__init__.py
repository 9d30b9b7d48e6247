"""The board of what is overdue, or about to be, at an authority."""
