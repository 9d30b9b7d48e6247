"""Supporting documents on pages: the list on every page of a case, adding, judging, and downloads."""
