"""The code of a letter as people type it: in any case, with or without hyphens and spaces."""

# Crockford's base 32 reads these as the digits they are taken for.
_TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SIGNS = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_LENGTH = 12


def code_as_printed(typed: str) -> str | None:
    """The code in the form printed on letters, such as `7K2M-Q9XW-4TNB`; None where it cannot be one."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_TAKEN_FOR)
    if len(signs) != _LENGTH or not set(signs) <= _SIGNS:
        return None
    return "-".join(signs[start : start + 4] for start in range(0, _LENGTH, 4))
