"""Who may open an address at all. Every address declares it in its URL configuration.

What a person may see behind an address is decided by the selectors; an address without a declaration
is for nobody who has not signed in (the middleware asks), and a test refuses it. Whoever holds an office
that decides or signs opens nothing but their own account until they have shown a second factor.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.models import User
from desk.acting import behind_second_factor

View = Callable[..., HttpResponseBase]


class Access(StrEnum):
    """The levels of access to an address."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    OWN_ACCOUNT = "own account"
    ADMINISTRATORS = "administrators"
    PROGRAMS = "programs, and people signed in"


def for_anybody(view: View) -> View:
    """The address is open to the public."""
    return _declared(view, Access.ANYBODY)


def for_people_signed_in(view: View) -> View:
    """The address asks for a sign-in, and no copy of its page is kept on the way or in the browser."""
    return _declared(never_cache(behind_second_factor(view)), Access.SIGNED_IN)


def for_own_account(view: View) -> View:
    """The address asks for a sign-in, but for no second factor: there one sets it up, and signs out."""
    return _declared(never_cache(view), Access.OWN_ACCOUNT)


def for_administrators(view: View) -> View:
    """The address is for whoever administers people and reference data; to others it does not exist."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not cast(User, request.user).is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return _declared(never_cache(behind_second_factor(opened)), Access.ADMINISTRATORS)


def for_programs(view: View) -> View:
    """The address is one of the API: it answers whoever shows a token or a session, and to others 401."""
    return _declared(view, Access.PROGRAMS)


def declared_access(view: object) -> Access | None:
    """What the address of this view declares; None where it declares nothing."""
    return getattr(view, "access", None)


def _declared(view: View, access: Access) -> View:
    @wraps(view)
    def opened(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    declared = cast(Any, opened)
    declared.access = access
    # What django.contrib.auth.middleware.LoginRequiredMiddleware reads.
    declared.login_required = access not in (Access.ANYBODY, Access.PROGRAMS)
    return opened
