"""The pages about people. Each calls a use-case or a selector, and shows what comes of it."""
