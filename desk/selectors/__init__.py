"""Reading for the pages: which cases a person is shown, a case as its page tells it, the public check."""
