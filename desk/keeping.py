"""What somebody typed is not lost when their session has ended: it is kept until they have signed in again.

It is kept in the session of their browser, on the server and for an hour, and is given back to nobody but
the person for whom the form was made: the form carries their opaque id, signed. Nothing of it stands in an
address. A file is not kept: its person is told which ones to choose again, on the page they come back to.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from workflow.clock import RealClock

V = TypeVar("V", bound=Callable[..., HttpResponseBase])

LASTS = timedelta(hours=1)
# A form cannot be older than the session in which it was made.
_FORM_LASTS = timedelta(hours=24)
_LARGEST = 512 * 1024

_SALT = "desk.keeping"
_IN_SESSION = "typed_before_sign_in"
_FILES_IN_SESSION = "files_sent_before_sign_in"
_MOST_FILES, _LONGEST_NAME = 20, 200
# What belongs to the one request, and not to what was typed.
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", "writer", "more", "remove"})


def keeps_what_is_typed(view: V) -> V:
    """What is posted to this view by somebody who is signed out waits for them: see `typed_before`."""
    cast(Any, view).keeps_what_is_typed = True
    return view


def writer_mark(person: User) -> str:
    """What a form carries so that what is typed into it can be kept for this person, and for no other."""
    return signing.dumps(str(person.public_id), salt=_SALT)


class LoginRequired(LoginRequiredMiddleware):
    """Django's, which asks everybody to sign in; on the way there nothing that was typed is thrown away."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """To the sign-in, and from there back to the page; None for who is signed in.

        Who sent files is led back to the page on which they chose them: an act has no page of its own.
        """
        to_sign_in = super().process_view(request, view_func, view_args, view_kwargs)
        if to_sign_in is not None and request.method == "POST" and request.FILES:
            page = _page_before(request)
            if _note_files(request, page):
                return redirect_to_login(page)
        keeps = getattr(view_func, "keeps_what_is_typed", False)
        if to_sign_in is not None and request.method == "POST" and keeps:
            if request.headers.get("HX-Request") == "true":
                # A form that saves itself stays where it is, until its person presses the button.
                return render(request, "desk/applications/signed_out.html")
            _keep(request)
        return to_sign_in


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What this person posted to this address when they were signed out; None where they did not.

    It goes on waiting until `forget_typed`: who opens the page twice finds it twice.
    """
    kept = request.session.get(_IN_SESSION)
    if kept is None:
        return None
    old = RealClock().now() - datetime.fromisoformat(kept["at"]) > LASTS
    if old or kept["person"] != str(cast(User, request.user).public_id):
        forget_typed(request)
        return None
    return _posted(kept["typed"]) if kept["path"] == request.path else None


def forget_typed(request: HttpRequest) -> None:
    """What was typed is saved, or is nobody's any more."""
    request.session.pop(_IN_SESSION, None)


def files_lost(request: HttpRequest) -> list[str]:
    """The names of the files that this person sent from this page when they were signed out; told once."""
    # A page that says what went wrong is made before anybody is known.
    person = getattr(request, "user", None)
    kept = request.session.get(_FILES_IN_SESSION) if isinstance(person, User) else None
    if kept is None or urlsplit(kept["page"]).path != request.path:
        return []
    del request.session[_FILES_IN_SESSION]
    old = RealClock().now() - datetime.fromisoformat(kept["at"]) > LASTS
    theirs = kept["person"] == str(cast(User, person).public_id)
    return list(kept["names"]) if theirs and not old else []


def _page_before(request: HttpRequest) -> str:
    """The page of this site from which the form was sent, as the browser says; else where it was sent to."""
    said = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(
        said, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        place = urlsplit(said)
        return urlunsplit(("", "", place.path, place.query, "")) or request.path
    return request.get_full_path()


def _note_files(request: HttpRequest, page: str) -> bool:
    """Whether somebody is to be told, on that page, which files they sent: the form says for whom it was."""
    person = _written_for(request)
    if person is None:
        return False
    files = [file for listed in request.FILES.lists() for file in listed[1]]
    names = [str(file.name)[:_LONGEST_NAME] for file in files][:_MOST_FILES]
    request.session[_FILES_IN_SESSION] = {
        "person": person,
        "page": page,
        "names": names,
        "at": RealClock().now().isoformat(),
    }
    return True


def _written_for(request: HttpRequest) -> str | None:
    """The person for whom the form was made; None where it does not say, or too long ago."""
    try:
        return str(signing.loads(request.POST.get("writer", ""), salt=_SALT, max_age=_FORM_LASTS))
    except signing.BadSignature:
        return None


def _keep(request: HttpRequest) -> None:
    person = _written_for(request)
    if person is None:
        return
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_KEPT}
    if _size(typed.values()) > _LARGEST:
        return
    request.session[_IN_SESSION] = {
        "person": person,
        "path": request.path,
        "typed": typed,
        "at": RealClock().now().isoformat(),
    }


def _size(values: Iterable[list[str]]) -> int:
    return sum(len(text) for texts in values for text in texts)


def _posted(typed: Mapping[str, list[str]]) -> QueryDict:
    posted = QueryDict(mutable=True)
    for name, texts in typed.items():
        posted.setlist(name, texts)
    return posted
