"""What the pages about people show, read."""
