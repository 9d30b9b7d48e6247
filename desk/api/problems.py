"""Every error of the API as a problem document (RFC 9457), a refusal with all its reasons."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.defaults import page_not_found
from pydantic import ValidationError
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from workflow.refusals import Kind, Reason, Refused, Words

MEDIA_TYPE = "application/problem+json"

_TITLES: Mapping[Kind, Words] = {
    Kind.ROLE: _("This is not for you."),
    Kind.UNSEEN: _("There is no such record, or not for you."),
    Kind.STATE: _("The state does not allow it."),
    Kind.STALE: _("Something has happened meanwhile."),
    Kind.RULE: _("A rule stands against it."),
}


class ReasonSerializer(serializers.Serializer[Any]):
    """One reason: a code for programs, a sentence for people, and what would mend it."""

    code = serializers.CharField()
    text = serializers.CharField()
    mend = serializers.CharField(allow_blank=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem document (RFC 9457). `reasons` are all that stand against what was asked."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    reasons = ReasonSerializer(many=True)


def problem(
    status: int, title: str, detail: str, *, kind: str = "", reasons: Iterable[Mapping[str, str]] = ()
) -> Response:
    """A problem document as an answer. `kind` names the sort of problem: its type is `/problems/<kind>`."""
    document = {
        "type": f"/problems/{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "reasons": [dict(reason) for reason in reasons],
    }
    return Response(document, status=status, content_type=MEDIA_TYPE)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that nobody answers: a problem document below the API, and else the page."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    document = {
        "type": "/problems/not_found",
        "title": str(_("There is no such record, or not for you.")),
        "status": 404,
        "detail": str(_("There is no such record, or not for you.")),
        "reasons": [],
    }
    return JsonResponse(document, status=404, content_type=MEDIA_TYPE)


def refused(refusal: Refused) -> Response:
    """A refusal with its reasons, under the status that says the same."""
    return problem(
        refusal.status,
        str(_TITLES[refusal.kind]),
        str(refusal),
        kind=refusal.kind.value,
        reasons=[reason_as_json(reason) for reason in refusal.reasons],
    )


def reason_as_json(reason: Reason) -> dict[str, str]:
    """One reason as the API says it."""
    return {"code": reason.code, "text": str(reason), "mend": reason.mend_text}


def sentences_of(fault: ValidationError) -> list[str]:
    """What cannot be read in a plan or in terms, each with its place."""
    return [
        f"{'.'.join(map(str, one['loc']))}: {one['msg']}" if one["loc"] else one["msg"]
        for one in fault.errors(include_url=False, include_context=False, include_input=False)
    ]


def answer(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """The problem document for an error; None for what is none of the caller's, which becomes a 500."""
    if isinstance(error, Refused):
        set_rollback()
        return refused(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is no such record, or not for you."))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(_("You do not hold this office, or do not belong there."))
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    response = _of_the_framework(error)
    for name, header in (("WWW-Authenticate", "auth_header"), ("Retry-After", "wait")):
        value = getattr(error, header, None)
        if value:
            response[name] = str(-int(-value // 1)) if header == "wait" else value
    return response


def _of_the_framework(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        reasons = list(_of_fields(error.detail, ()))
        return problem(
            422,
            str(_("What was sent cannot be read.")),
            " ".join(reason["text"] for reason in reasons),
            kind="malformed",
            reasons=reasons,
        )
    codes = error.get_codes()
    kind = codes if isinstance(codes, str) else ""
    return problem(error.status_code, str(error.default_detail), str(error.detail), kind=kind)


def _of_fields(detail: Any, place: tuple[str, ...]) -> Iterable[dict[str, str]]:
    """Each sentence about each field, with the field's place in what was sent."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _of_fields(inner, (*place, str(name)))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _of_fields(inner, place)
    else:
        where = ".".join(name for name in place if name != "non_field_errors")
        text = f"{where}: {detail}" if where else str(detail)
        yield {"code": str(getattr(detail, "code", "invalid")), "text": text, "mend": ""}
