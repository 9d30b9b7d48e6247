"""Why a condition or an obligation may not be judged, extended or waived so; each reason a sentence."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import Named, day
from authorisation.guards import conflicts
from authorisation.lifecycle import ENDED as CASE_ENDED
from authorisation.lifecycle_of_authorisations import ENDED, State
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Obligation


def _day(facts: Facts, name: str) -> date | None:
    value = facts.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def officer_has_no_conflict(obligation: "Obligation", actor: Actor) -> Iterable[Reason]:
    """Who may not act on the case that asked for it judges nothing of it."""
    return conflicts.officer_has_no_conflict(obligation.case, actor)


def evidence_is_handed_in(obligation: "Obligation", facts: Facts) -> Iterable[Reason]:
    """A file, or the reference of something that the authority can look up."""
    if not facts.get("evidence"):
        yield Reason(
            code="evidence-missing",
            words=_("Nothing is handed in that shows it."),
            mend=_("Add the document that shows it, or say where the authority finds it."),
        )


def is_shown_by_evidence(obligation: "Obligation", facts: Facts) -> Iterable[Reason]:
    """What is found met was shown: by the holder before, or by what the officer adds."""
    if not facts.get("evidence") and not obligation.evidence.exists():
        yield Reason(
            code="evidence-missing",
            words=_("There is no evidence of it: neither from the holder nor from you."),
            mend=_("Add the document that shows it, or name its reference."),
        )


def finding_is_reasoned(obligation: "Obligation", facts: Facts) -> Iterable[Reason]:
    """Nothing is found, extended or waived without reasons, which the holder reads."""
    if not facts.get("reasoned"):
        yield Reason(
            code="finding-reasons",
            words=_("The reasons of the finding are not given."),
            mend=_("Give the reasons: the holder reads them."),
        )


def later_day_is_given(obligation: "Obligation", facts: Facts) -> Iterable[Reason]:
    """More time ends later than the time that was given, and has not passed already."""
    until, today = _day(facts, "until"), _day(facts, "today")
    if obligation.due_on is None:
        yield Reason(
            code="no-day",
            words=_("It has no day on which it falls due, so no more time can be given."),
            mend=_("Leave it awaited: it can be met whenever the holder is ready."),
        )
    elif until is None:
        yield Reason(code="day-missing", words=_("The new day is not given."), mend=_("Give the day."))
    elif until <= obligation.due_on or (today is not None and until < today):
        yield Reason(
            code="not-later",
            words=_("%(until)s is no more time: it falls due on %(due)s, and that day must come later."),
            values={"until": day(until), "due": day(obligation.due_on)},
            mend=_("Give a later day, which has not passed."),
        )


def its_day_has_passed(obligation: "Obligation", facts: Facts) -> Iterable[Reason]:
    """Nothing is breached before the end of the day on which it falls due."""
    today = _day(facts, "today")
    if obligation.due_on is not None and today is not None and today <= obligation.due_on:
        yield Reason(
            code="not-due-yet",
            words=_("It falls due on %(due)s, and that day has not passed."),
            values={"due": day(obligation.due_on)},
            mend=_("Wait until it has passed, or judge what is handed in."),
        )


def authorisation_is_in_force(obligation: "Obligation", actor: Actor) -> Iterable[Reason]:
    """What is suspended or has ended already cannot be suspended."""
    authorisation = obligation.authorisation
    if authorisation.state != State.IN_FORCE:
        yield Reason(
            code="authorisation-state",
            words=_("The authorisation is “%(state)s”, so it cannot be suspended."),
            values={"state": Named(authorisation.state, State(authorisation.state).label)},
            mend=_("Look at the authorisation as it stands, and choose another act."),
        )


def no_suspension_is_open(obligation: "Obligation", actor: Actor) -> Iterable[Reason]:
    """On one breach one suspension is decided at a time."""
    opened = obligation.findings.filter(acts__isnull=False).order_by("acts")
    for reference, state in opened.values_list("acts__case__reference", "acts__case__state"):
        if state not in CASE_ENDED:
            yield Reason(
                code="suspension-open",
                words=_("A suspension is open on this finding already: %(case)s."),
                values={"case": reference},
                mend=_("Go on with that case."),
            )


def authorisation_ended_before_its_day(obligation: "Obligation", facts: Facts) -> Iterable[Reason]:
    """What fell due before the authorisation ended is still owed."""
    today = _day(facts, "today")
    ended = obligation.authorisation.state in ENDED
    if not ended or (obligation.due_on is not None and today is not None and obligation.due_on < today):
        yield Reason(
            code="still-owed",
            words=_("It is still owed: the authorisation has not ended, or it fell due before."),
        )
