"""Use-cases of appeals: open one against a decision, and take the matter up again where it was upheld."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

import rfc8785
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.trail import Json
from authorisation.guards.appealing import would_authorise_twice
from authorisation.kinds import ABOUT_AUTHORISATIONS, Kind
from authorisation.lifecycle import State
from authorisation.models import ApplicationVersion, Case
from authorisation.services.applications import open_case, who_may_open, write_draft
from authorisation.services.carrying import carry_documents, carry_planned_act, carry_waivers
from authorisation.supporting_documents import current_of, frozen
from workflow.actors import SYSTEM
from workflow.clock import Clock, today
from workflow.door import Act, Move, take
from workflow.effects import Delivery
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused


def open_appeal(case: Case, *, act: Act, grounds: str) -> Case:
    """Opens an appeal against the decision of a case, as a draft that says what the case said.

    `grounds`: why, in the appellant's words. Raises Refused for whoever may not open one, who learns nothing
    more; and where nothing was decided, an authorisation was given, or an appeal is open or was decided.
    """
    who_may_open(act, case.authority, case.applicant)
    with transaction.atomic():
        # Held until the appeal is there: of two that are opened at once, the second finds the first.
        against = Case.locked(case.pk)
        reasons = [*against_appealing(against), *_against_grounds(grounds)]
        if reasons:
            raise Refused(Refusal.RULE, reasons)
        return open_case(
            act=act,
            authority=case.authority,
            kind=Kind.APPEAL,
            applicant=case.applicant,
            content=appeal_content(against, grounds),
            appealed=against,
        )


def appeal_content(case: Case, grounds: str) -> Mapping[str, Any]:
    """The application of an appeal: the activity and applicant of the case, and the grounds."""
    return {**case.application.content, "grounds": grounds}


def against_appealing(case: Case) -> list[Reason]:
    """Why no appeal can be opened against this case now, whatever its grounds."""
    reasons = [*would_authorise_twice(case)]
    if case.state not in (State.GRANTED, State.REFUSED) or case.kind == Kind.APPEAL:
        reasons.append(
            Reason(
                code="nothing-to-appeal",
                words=_("There is no decision here against which an appeal could go."),
                mend=_("Wait until the letter with the decision is issued."),
            )
        )
    earlier = case.appeals.exclude(state__in=(State.WITHDRAWN, State.LAPSED))
    if earlier.exists():
        reasons.append(
            Reason(
                code="appealed-already",
                words=_("An appeal against this decision was made already."),
                mend=_("Follow that appeal. Against what it decides, the courts may be open."),
            )
        )
    return reasons


def _against_grounds(grounds: str) -> list[Reason]:
    if grounds.strip():
        return []
    return [
        Reason(
            code="grounds-missing",
            words=_("The grounds of the appeal are not written."),
            mend=_("Say in your own words what is wrong with the decision."),
        )
    ]


def open_anew(delivery: Delivery) -> None:
    """Where an appeal was upheld, opens the matter anew, in review. Run again, it finds it open.

    Of any other case that was concluded it makes nothing.
    """
    appeal = Case.objects.select_related("appealed", "authority").get(
        public_id=UUID(str(delivery.payload["record"]))
    )
    if appeal.kind != Kind.APPEAL or appeal.state != State.GRANTED or appeal.appealed is None:
        return
    case = Case.objects.filter(after_appeal=appeal).first() or _draft_anew(appeal, delivery.clock)
    if case.state == State.DRAFT:
        take(Act(actor=SYSTEM, clock=delivery.clock), Move(step=Case.review_anew, record=case))


def _draft_anew(appeal: Case, clock: Clock) -> Case:
    """The case that an upheld appeal opens: what the earlier one was submitted with, and its findings.

    The completeness check is not made again, so its documents and waivers come along.
    """
    earlier = appeal.appealed
    if earlier is None:
        raise ValueError(f"Appeal {appeal.reference} goes against nothing.")
    last = earlier.versions.last()
    on = today(earlier.authority, clock)
    draft = Case(
        authority=earlier.authority,
        kind=earlier.kind,
        applicant=earlier.applicant,
        opened_by=earlier.opened_by,
        procedure_version=earlier.procedure_version,
        simulated=earlier.simulated,
        unverified=earlier.unverified,
        activity=earlier.activity,
        approach=earlier.approach,
        ndc_period=earlier.ndc_period,
        after_appeal=appeal,
        submitted_on=on,
        authorisation=earlier.authorisation if earlier.kind in ABOUT_AUTHORISATIONS else None,
    )
    facts: dict[str, Json] = {
        "after_appeal": str(appeal.public_id),
        "appealed": str(earlier.public_id),
        "sha256": last.sha256 if last is not None else "",
        "documents": [{"type": row.type, "sha256": row.document.sha256} for row in current_of(earlier)],
        "waivers": [waiver.path for waiver in earlier.waivers.order_by("path")],
    }
    try:
        with transaction.atomic():
            case = write_draft(
                draft, earlier.application.content, by=Act(actor=SYSTEM, clock=clock), facts=facts
            )
            carry_waivers(earlier, case)
            carry_documents(earlier, case)
            carry_planned_act(earlier, case)
            if last is None:
                # An act of the authority: it was never submitted, so there is no version of it.
                return case
            ApplicationVersion.objects.create(
                case=case,
                number=1,
                content=last.content,
                sha256=last.sha256,
                documents=rfc8785.dumps(cast(Any, frozen(case))).decode(),
                frozen_by=last.frozen_by,
                frozen_at=clock.now(),
                frozen_on=on,
            )
    except IntegrityError:
        # Another worker was quicker: there is one case for each upheld appeal.
        return Case.objects.get(after_appeal=appeal)
    return case
