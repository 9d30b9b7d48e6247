"""The pages: each calls a selector and shows what it gives. No page decides anything."""
