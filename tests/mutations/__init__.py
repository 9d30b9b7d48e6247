"""A small, honest mutation run: every permission check is taken out, one at a time, and some test must fail.

    python -m tests.mutations                 all of them; exit status 1 when one survives
    python -m tests.mutations --list          their names
    python -m tests.mutations --only WORD     those whose name contains it

No source is written to: a check is taken out of the running program, and put back. What a run came to is kept
(`--report`), so that one that was interrupted goes on, and a later one tries only what has changed since.
"""
