"""Pages, commands and the demonstration, which span the packages."""
