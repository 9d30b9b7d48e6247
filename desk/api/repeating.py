"""Idempotency keys: a call that changes something is carried out once, however often it is sent.

The same key with the same call gets the same answer; with another one, 409. While a call is being carried
out its twin gets 409 and is asked to come back. Where a process died in between, the next one carries the
call out under the same key at the door, which does nothing twice.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from desk.api import problems
from desk.api.models import AnsweredCall
from workflow.clock import Clock
from workflow.daily import Tally

HEADER = "Idempotency-Key"
LONGEST = 80
# Longer than any call takes, so that nobody carries out what somebody else still does.
ABANDONED_AFTER = timedelta(minutes=2)
KEPT = timedelta(days=30)


def once(request: Request, caller: str, carry_out: Callable[[str], Response], *, clock: Clock) -> Response:
    """The answer to this call: carried out now under the key handed to `carry_out`, or kept from before."""
    key = request.headers.get(HEADER, "").strip()
    if not 1 <= len(key) <= LONGEST:
        return problems.problem(
            400,
            _("The key of the call is missing."),
            _(
                "Send the header %(header)s with a name of your own for this call, such as a UUID, of at "
                "most %(most)s signs: a call that is sent twice under one key is carried out once."
            )
            % {"header": HEADER, "most": LONGEST},
            kind="key-missing",
        )
    call = AnsweredCall(caller=caller, key=key, fingerprint=_fingerprint(request), begun_at=clock.now())
    earlier = _begun(call)
    if earlier is not None:
        return _repeated(earlier, call.fingerprint)
    return _answered(call, carry_out)


def forget_old(clock: Clock) -> Tally:
    """Deletes the answers that are kept no longer."""
    deleted, _by_model = AnsweredCall.objects.filter(begun_at__lt=clock.now() - KEPT).delete()
    return Tally(done=deleted)


def _fingerprint(request: Request) -> str:
    body = json.dumps(_sent(request.data), sort_keys=True, ensure_ascii=False)
    asked = "\n".join([str(request.method), request.get_full_path(), body])
    return hashlib.sha256(asked.encode()).hexdigest()


def _sent(data: Any) -> Any:
    """As it was sent; of a form every value by its name, and of a file its name and its digest."""
    if not isinstance(data, QueryDict):
        return data
    return {name: [_of_form(value) for value in values] for name, values in data.lists()}


def _of_form(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, value.content_type, digest.hexdigest()]


def _begun(call: AnsweredCall) -> AnsweredCall | None:
    """Takes the key for this call; where it is taken, the call that took it, unless that was abandoned."""
    try:
        with transaction.atomic():
            call.save(force_insert=True)
        return None
    except IntegrityError:
        earlier = AnsweredCall.objects.filter(caller=call.caller, key=call.key).first()
    if earlier is None:
        # Whoever had taken it was not let in, and has just set it free: this call is to come again.
        return call
    abandoned = AnsweredCall.objects.filter(
        pk=earlier.pk,
        fingerprint=call.fingerprint,
        status__isnull=True,
        begun_at__lt=call.begun_at - ABANDONED_AFTER,
    )
    if abandoned.update(begun_at=call.begun_at):
        call.pk = earlier.pk
        return None
    return earlier


def _repeated(earlier: AnsweredCall, fingerprint: str) -> Response:
    if earlier.fingerprint != fingerprint:
        return problems.problem(
            409,
            _("This key was already used for another call."),
            _("Send this call under a key of its own."),
            kind="key-used",
        )
    if earlier.status is None:
        response = problems.problem(
            409,
            _("This call is being carried out."),
            _("Send it again in a moment, under the same key, to get its answer."),
            kind="in-progress",
        )
        response["Retry-After"] = "1"
        return response
    is_problem = earlier.status >= 400
    body = json.loads(earlier.body) if earlier.body is not None else None
    response = Response(body, status=earlier.status)
    if is_problem:
        response.content_type = problems.MEDIA_TYPE
    response["Idempotent-Replayed"] = "true"
    return response


def _answered(call: AnsweredCall, carry_out: Callable[[str], Response]) -> Response:
    """Carries the call out and keeps its answer; what cannot be answered leaves the key free."""
    mine = AnsweredCall.objects.filter(pk=call.pk, begun_at=call.begun_at)
    try:
        response = _carried_out(call.key, carry_out)
    except Exception:
        mine.delete()
        raise
    if response.status_code in _NOT_KEPT:
        mine.delete()
        return response
    mine.update(status=response.status_code, body=_as_sent(response.data))
    return response


# Who may not call, or has not shown enough, may come back under the same key when they have.
_NOT_KEPT = frozenset({401, 403})


def _carried_out(key: str, carry_out: Callable[[str], Response]) -> Response:
    try:
        return carry_out(f"api:{key}")
    except Exception as error:
        response = problems.answer(error, {})
        if response is None:
            raise
        return response


def _as_sent(data: Any) -> str | None:
    """As it goes over the line, so that it comes back as it went."""
    return JSONRenderer().render(data).decode() if data is not None else None
