"""Which addresses there are, and that each says who may open it; tests/desk/access shows that it is so."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from desk.access import declared_access, for_anybody


def _leaves(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns)
        else:
            yield pattern


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _undeclared(patterns: Iterable[URLPattern | URLResolver]) -> list[str]:
    return [str(leaf.pattern) for leaf in _leaves(patterns) if declared_access(leaf.callback) is None]


def test_every_address_declares_who_may_open_it() -> None:
    assert list(_leaves(get_resolver().url_patterns))
    assert _undeclared(get_resolver().url_patterns) == []


def test_an_address_without_a_declaration_is_found() -> None:
    bare = path("bare/", _page)
    declared = path("declared/", for_anybody(_page))

    assert _undeclared([declared, bare]) == ["bare/"]
