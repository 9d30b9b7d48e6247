"""The addresses of the site, from its URL configuration."""

from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def leaves(
    patterns: Iterable[URLPattern | URLResolver], space: str = "", before: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name; one that has none goes by its pattern."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from leaves(pattern.url_patterns, inside, path)
        else:
            yield f"{space}{pattern.name}" if pattern.name else path, pattern


def addresses() -> list[tuple[str, URLPattern]]:
    """Every address of the site."""
    return list(leaves(get_resolver().url_patterns))
