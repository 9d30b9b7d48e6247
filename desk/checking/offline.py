"""What anybody may take with them, to check letters without asking here again."""

import hashlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import Authority
from accounts.names import in_language
from letters.certificates import NoKey
from letters.handing_out import roots, roots_as_pem, stand_alone_verifier
from letters.status_lists import published


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The program with its SHA-256, the roots with their fingerprints, and the lists of status."""
    language = get_language() or "en"
    try:
        trusted = roots(settings.SIGNING_KEYS_DIR)
    except NoKey:
        # Whoever keeps the keys is told by every letter that fails; the public has nothing to compare.
        trusted = []
    authorities = [
        {"name": in_language(one.name, language), "slug": one.slug}
        for one in Authority.objects.order_by("slug")
        if published(one.slug) is not None
    ]
    context = {
        "sha256": hashlib.sha256(stand_alone_verifier()).hexdigest(),
        "roots": trusted,
        "authorities": authorities,
    }
    return render(request, "desk/checking/offline.html", context)


@require_safe
def verifier(_request: HttpRequest) -> HttpResponse:
    """The program, as a file."""
    return _file(stand_alone_verifier(), "verify_letter.py", "text/x-python; charset=utf-8")


@require_safe
def certificates(_request: HttpRequest) -> HttpResponse:
    """The root certificates, as a file."""
    return _file(roots_as_pem(settings.SIGNING_KEYS_DIR), "authorities.pem", "application/x-pem-file")


@require_safe
def status(_request: HttpRequest, authority: str) -> HttpResponse:
    """The signed list of how the letters of an authority stand; this address holds for ever."""
    found = published(authority)
    if found is None:
        raise Http404
    return _file(found, f"{authority}-status.json", "application/json")


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"},
    )
