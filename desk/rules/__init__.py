"""The page of the legal rules: what each says, on what it rests, when it warns and when it blocks."""
