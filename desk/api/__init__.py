"""The REST API: the use-cases and selectors of the pages, for programs."""
