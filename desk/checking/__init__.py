"""The public check: of a letter by its code or its file, and of what a number or a serial stands for."""
