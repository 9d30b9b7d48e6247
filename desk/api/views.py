"""What every address of the API does alike: who may call, how often, and what is not sent twice."""

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.http import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework import generics
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.models import Scope
from desk.api.callers import BearerToken, Caller
from desk.api.filters import ByFields, Filter
from desk.api.paging import ByName
from desk.api.permissions import MayCall

R = TypeVar("R", bound=models.Model)


class Rate(SimpleRateThrottle):
    """So many calls a minute for each caller; whoever is not known is counted by address."""

    scope = "api"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """By caller where one is known."""
        name = getattr(request.user, "pk", None) or self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": name}

    def headers(self) -> Mapping[str, str]:
        """What is allowed, what is left of it, and in how many seconds some of it comes back."""
        made = getattr(self, "history", [])
        allowed, lasts = (number or 0 for number in self.parse_rate(self.get_rate()))
        rest = max(0, allowed - len(made))
        again = int(lasts - (self.now - made[-1])) + 1 if made else 0
        return {
            "RateLimit-Limit": str(allowed),
            "RateLimit-Remaining": str(rest),
            "RateLimit-Reset": str(max(0, min(lasts, again))),
        }


class Endpoint(APIView):
    """An address of the API."""

    # A person is known by their session: what they send bears their browser's CSRF token.
    authentication_classes = [BearerToken, SessionAuthentication]
    permission_classes = [MayCall]
    throttle_classes = [Rate]
    scope = Scope.READ

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return Caller(self.request)

    def get_throttles(self) -> list[Any]:
        """One for the request, asked again for its headers."""
        if not hasattr(self, "_throttles"):
            self._throttles = super().get_throttles()
        return self._throttles

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The rate, no copy on the way, and for what was read the mark by which it is known again."""
        answered: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)
        for throttle in self.get_throttles():
            for name, value in throttle.headers().items():
                answered[name] = value
        answered["Cache-Control"] = "private, no-cache"
        patch_vary_headers(answered, ["Authorization", "Cookie", "Accept-Language"])
        if (
            request.method in ("GET", "HEAD")
            and answered.status_code == 200
            and isinstance(answered, Response)
        ):
            return _unless_known(request, answered)
        return answered


def _unless_known(request: Request, response: Response) -> HttpResponseBase:
    """304 without a body where the caller has this very content already (RFC 9110, 13)."""
    mark = f'"{hashlib.sha256(response.rendered_content).hexdigest()[:32]}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if mark in known or known == ["*"]:
        response.data, response.status_code = None, 304
    response["ETag"] = mark
    return response


class Listing(Endpoint, generics.ListAPIView[R]):
    """A list of what the caller may see. `filters` are the parameters by which it can be narrowed."""

    pagination_class = ByName
    filter_backends = [ByFields]
    filters: Mapping[str, Filter] = {}
    ordering: str


class Detail(Endpoint, generics.RetrieveAPIView[R]):
    """One record that the caller may see; 404 where there is none, or not for them."""
