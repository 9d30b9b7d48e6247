"""Carries out what a case file says of outcomes: issuance, first transfer, use, cancellation.

Each is recorded by the desk officer of the day, with the case file as its evidence.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast

from django.utils.translation import gettext_lazy as _

from accounts.models import Function
from authorisation.issuing import Evidence, Issuance
from authorisation.models import Authorisation, Case
from authorisation.services import outcomes
from desk.case_file import CaseFile, EventContent
from desk.walking import Walker
from workflow.door import Act
from workflow.refusals import Kind, Reason, Refused

HANDLED = frozenset({"issuance", "first_transfer", "use", "cancellation"})


def carry_out(event: EventContent, file: CaseFile, walker: Walker, case: Case | None) -> None:
    """Records one event on its day, or as soon as the case is there. Raises Refused with every reason."""
    walker.on(cast(date, event.on))
    act = walker.office(Function.DESK_OFFICER)
    if event.event == "issuance":
        _issue(event, file, case, act)
        return
    authorisation = _authorisation(case)
    on, volumes = cast(date, event.on), dict(event.volumes_tco2e or {})
    evidence = _evidence(file)
    if event.event == "first_transfer":
        outcomes.record_first_transfer(
            authorisation,
            act=act,
            on=on,
            to_party=event.to_party or "",
            evidence=evidence,
            volumes=volumes,
            serial=event.serial or "",
            gross=bool(event.gross),
        )
    elif event.event == "use":
        outcomes.record_use(
            authorisation,
            act=act,
            on=on,
            volumes=volumes,
            evidence=evidence,
            by_party=event.by_party or "",
            by_entity=event.by_entity or "",
            for_year=event.for_year,
        )
    else:
        outcomes.record_cancellation(
            authorisation, act=act, on=on, volumes=volumes, purpose=event.purpose or "", evidence=evidence
        )


def _issue(event: EventContent, file: CaseFile, case: Case | None, act: Act) -> None:
    if case is None or case.activity is None:
        raise Refused(Kind.RULE, [_nothing(_("There is no activity of which outcomes could be issued."))])
    volumes: Mapping[int, int] = event.volumes_tco2e or {}
    issuance = Issuance(
        on=cast(date, event.on),
        volumes=dict(volumes),
        blocks=tuple((block.serial or "", block.holder or "") for block in event.blocks or ()),
        evidence=_evidence(file),
    )
    outcomes.record_issuance(case.activity, issuance, act=act)


def _authorisation(case: Case | None) -> Authorisation:
    case = Case.objects.select_related("authorisation").get(pk=case.pk) if case is not None else None
    if case is None or case.authorisation is None:
        raise Refused(Kind.RULE, [_nothing(_("There is no authorisation whose outcomes could move."))])
    return case.authorisation


def _nothing(words: str | object) -> Reason:
    return Reason(code="not-authorised", words=cast(str, words))


def _evidence(file: CaseFile) -> Evidence:
    """The case file itself, and where the outcomes are tracked."""
    registry = file.request.tracking_registry if file.request else None
    return Evidence(reference=f"Case file {file.id}", registry=registry or "")
