"""Choosing the language of the pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from accounts.models import User
from accounts.services import choose_language


def language(request: HttpRequest) -> HttpResponseBase:
    """Keeps the choice in this browser and, of somebody signed in, with their account; then leads back.

    A visit alone chooses nothing, nor does a language that is not offered. Only an address of this site is
    led back to.
    """
    response = set_language(request)
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        # Django would take any language that it speaks itself.
        response.cookies.pop(settings.LANGUAGE_COOKIE_NAME, None)
    elif isinstance(request.user, User):
        choose_language(request.user, code)
    return response
