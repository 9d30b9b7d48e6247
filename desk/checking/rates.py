"""How often one address may ask: codes cannot be tried one after the other, nor files sent without end."""

from typing import Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

# By what is asked: the names of the rates in `settings.CHECK_RATES`.
ASKING: Final = "check"
SENDING: Final = "check_file"
# Seconds: what is said where the rate was lowered meanwhile, and nobody knows better.
_LONGEST: Final = 60


class ByAddress(SimpleRateThrottle):
    """REST framework's count of requests, for pages: by address, behind proxies the one that they name."""

    scope: str

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def get_rate(self) -> str:
        """As the settings say."""
        return str(settings.CHECK_RATES[self.scope])

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        """One count for each address."""
        return self.cache_format % {
            "scope": self.scope,
            "ident": self.get_ident(cast(Request, request)),
        }


def too_often(request: HttpRequest, scope: str) -> HttpResponse | None:
    """Counts this request; the page that asks to wait, where there were too many from its address."""
    count = ByAddress(scope)
    if count.allow_request(request, None):  # type: ignore[arg-type]
        return None
    seconds = int(count.wait() or _LONGEST) + 1
    page = render(request, "429.html", {"seconds": seconds}, status=429)
    page["Retry-After"] = str(seconds)
    return page
