"""Why something may not be decided or concluded, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext_lazy as _

from authorisation import acts, proposals
from authorisation.acts import AnyPlan, is_part_of
from authorisation.handling import handling_of, standing_requirements
from authorisation.host_share import bounds_of, keeps
from authorisation.kinds import ASKING, AUTHORISING, ENDORSING
from authorisation.planned import effect_for, is_about, plan_of
from authorisation.publication import Unpublished, kept_back
from authorisation.requirements import Requirement, faults, kept
from authorisation.terms import Point, Terms, asked_for, withheld
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


def reasons_are_given(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What goes against somebody says why."""
    if not facts.get("reasoned"):
        yield Reason(code="reasons-missing", words=_("No reasons are given."), mend=_("Give the reasons."))


def unpublished_with_a_basis(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What the public is not told is something that may be kept from it, and says on which basis."""
    for code, basis in cast("dict[str, str]", facts.get("unpublished") or {}).items():
        if code not in Unpublished.values:
            yield Reason(
                code="always-public",
                words=_("“%(part)s” cannot be kept from the public."),
                values={"part": code},
                mend=_("Volumes, uses, Parties and dates are public; leave it out."),
            )
        elif not str(basis).strip():
            yield from kept_back(str(Unpublished(code).label), "")


def _granted(facts: Facts) -> Terms:
    return Terms.model_validate(facts["granted"])


def nothing_asked_is_withheld(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A full approval grants all that was asked for."""
    if is_about(case):
        if _plan(facts) != plan_of(case):
            yield Reason(
                code="part-only",
                words=_("Another act is granted than was asked for."),
                mend=_("Approve in part, with reasons."),
            )
        return
    for difference in withheld(asked_for(proposals.content_of(case)), _granted(facts)):
        yield Reason(
            code="part-only",
            words=_("Less is granted than was asked for: %(what)s %(key)s."),
            values={"what": difference.what, "key": difference.key},
            mend=_("Approve in part, with reasons."),
        )


def nothing_unasked_is_granted(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Uses, Parties, entities and periods beyond the request would be an authorisation nobody applied for."""
    if is_about(case):
        if not is_part_of(_plan(facts), plan_of(case)):
            yield Reason(
                code="unasked",
                words=_("More is granted than the act asks for, or something else."),
                mend=_("Grant the act, or less volume of the vintages that it names."),
            )
        return
    for difference in withheld(_granted(facts), asked_for(proposals.content_of(case))):
        if difference.what not in (Point.VOLUME, Point.TOTAL, Point.PURPOSE) and difference.asked:
            yield Reason(
                code="unasked",
                words=_("More is granted than was asked for: %(what)s %(key)s."),
                values={"what": difference.what, "key": difference.key},
                mend=_("Grant at most what was asked for, or ask the applicant to amend the request."),
            )


def less_than_asked(case: "Case", facts: Facts) -> Iterable[Reason]:
    """An approval in part withholds something, or lets the host keep a share."""
    granted = _granted(facts)
    if is_about(case):
        if _plan(facts) == plan_of(case):
            yield _whole()
        return
    if not withheld(asked_for(proposals.content_of(case)), granted) and not granted.host_retention_percent:
        yield _whole()


def _whole() -> Reason:
    return Reason(
        code="not-in-part",
        words=_("All that was asked for is granted: this is no approval in part."),
        mend=_("Approve in full."),
    )


def _plan(facts: Facts) -> AnyPlan:
    return acts.read(cast(Any, facts["plan"]))


def blocking_rules_hold(case: "Case", facts: Facts) -> Iterable[Reason]:
    """No rule of law stands against what is granted."""
    if is_about(case):
        yield from effect_for(case, _plan(facts)).forbidden
        return
    for finding in proposals.findings_on_decision(case, _granted(facts)):
        if finding.blocks:
            yield finding.reason


def host_keeps_its_share(case: "Case", facts: Facts) -> Iterable[Reason]:
    """The host keeps of each transfer what its procedure sets; or the decision says why not in this case."""
    handling, granted = handling_of(case), _granted(facts)
    bounds = bounds_of(handling)
    if bounds is None or keeps(granted, handling) or facts.get("share_reasoned"):
        return
    least, most = (f"{percent.normalize():f}" for percent in bounds)
    yield Reason(
        code="host-share",
        words=_(
            "The host keeps %(granted)s per cent of each transfer; its procedure sets %(least)s per cent."
        )
        if least == most
        else _(
            "The host keeps %(granted)s per cent of each transfer; its procedure sets %(least)s to %(most)s "
            "per cent."
        ),
        values={"granted": granted.host_retention_percent or "0", "least": least, "most": most},
        mend=_("Set the share as the procedure says, or give the reason for deviating from it."),
    )


def requirements_hold_together(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What is asked of a holder says what, and when it falls due; only an authorisation asks anything."""
    asked = _requirements(facts)
    if asked and case.kind in ENDORSING:
        yield Reason(
            code="requirement-of-nothing",
            words=_("This letter authorises nothing, so no condition or obligation can be typed in it."),
            mend=_("Write it among the conditions in words."),
        )
    elif asked and case.kind not in ASKING:
        yield Reason(
            code="requirement-of-nothing",
            words=_("This act gives the holder nothing, so it can ask nothing of the holder in return."),
            mend=_("Ask for it when the authorisation is changed or resumed."),
        )
    for requirement in asked:
        if requirement.is_condition and case.kind not in AUTHORISING:
            yield Reason(
                code="condition-of-a-change",
                words=_(
                    "“%(what)s”: a condition precedent holds back the effect of an authorisation, and this "
                    "one stands already."
                ),
                values={"what": requirement.label},
                mend=_("Ask for it as an obligation, with the day on which it falls due."),
            )
        if not any(text.strip() for text in requirement.name.values()):
            yield Reason(
                code="requirement-unnamed",
                words=_("Of a condition or an obligation it is not said what is to be done."),
                mend=_("Say in a sentence what the holder has to do."),
            )
        for _key, fault in faults(requirement):
            yield Reason(
                code="requirement-unclear",
                words=_("“%(what)s”: %(fault)s"),
                values={"what": requirement.label, "fault": fault},
                mend=_("Correct the condition or the obligation."),
            )


def asks_what_the_procedure_asks(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What the procedure asks of every holder is asked as it says; or the decision says why not here."""
    if facts.get("asking_reasoned"):
        return
    asked = {one.code: one for one in _requirements(facts)}
    for standing in standing_requirements(case):
        if asked.get(standing.code) == standing:
            continue
        left_out = standing.code not in asked
        yield Reason(
            code="asks-otherwise",
            words=_("The procedure asks this of every holder, and the decision does not: “%(what)s”.")
            if left_out
            else _(
                "The procedure asks this of every holder, and the decision asks it otherwise: “%(what)s”."
            ),
            values={"what": standing.label},
            mend=_("Ask it as the procedure says, or give the reason for deviating from it."),
        )


def _requirements(facts: Facts) -> tuple[Requirement, ...]:
    given = facts.get("requirements")
    return kept(given) if isinstance(given, list) else ()


def letter_is_presented(case: "Case", facts: Facts) -> Iterable[Reason]:
    """The letter about this case is named, with the digest of its bytes."""
    if not facts.get("letter") or not facts.get("digest"):
        yield Reason(
            code="letter-missing",
            words=_("The letter of this case is not presented."),
            mend=_("Issue the letter first."),
        )
