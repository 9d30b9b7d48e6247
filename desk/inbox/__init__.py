"""The inbox of the people of an authority: what needs them, first what is most urgent."""
