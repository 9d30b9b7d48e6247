"""Who may open and do what: every address of the site, for everybody who could come to it."""
