"""Why a person may not act on a case that another may act on, each reason a sentence."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Tenure, User, Vetting
from authorisation.deputies import behind
from workflow.actors import Actor, Person
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case

_BELONGS = Reason(
    code="conflict-of-interest",
    words=_("You belong, or belonged, to the organisation that applies here."),
    mend=_("Hand the case to a colleague who does not."),
)
_ACTED = Reason(
    code="conflict-of-interest",
    words=_("You acted for the part of the State that applies here."),
    mend=_("Hand the case to a colleague who did not."),
)
_SAME_UNIT = Reason(
    code="conflict-of-interest",
    words=_("You hold, or held, an office of the unit that applies here."),
    mend=_("Hand the case to a colleague of another unit."),
)
_RECUSED = Reason(
    code="recused",
    words=_("You declared a conflict of interest in this case, so you take no part in it."),
    mend=_("Let a colleague act. For a member of a reviewing body the director can appoint somebody."),
)


_ANOTHER_DECIDES = _(
    "Let another holder of the deciding office decide. If there is none, the director appoints one."
)


def officer_has_no_conflict(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Nobody acts on a case of an organisation to which they belong, nor after declaring a conflict."""
    if isinstance(actor, Person):
        reason = people_out(case).get(actor.user.pk)
        if reason is not None:
            yield reason


def people_out(case: "Case") -> Mapping[int, Reason]:
    """The people (primary keys) who may not act on the case for the authority, each with why.

    Whoever declared a conflict; whoever belongs, or belonged, to the applicant, or to the holder of the
    authorisation that the case is about. A part of the State may apply
    to the State's own authority: then belonging to it is not what counts, but the unit of the authority that
    it belongs to, and who themself acted for it in the case.
    """
    recused = dict.fromkeys(case.recusals.values_list("person", flat=True), _RECUSED)
    concerned = {case.applicant_id, case.authorisation.holder_id if case.authorisation else None}
    members = set(Membership.objects.filter(organisation__in=concerned).values_list("person", flat=True))
    part = part_of_the_state(case)
    if part is None:
        return dict.fromkeys(members, _BELONGS) | recused
    acted = {case.opened_by_id, *case.versions.values_list("frozen_by", flat=True)} & members
    in_unit = (
        Tenure.objects.filter(office__authority=case.authority_id, office__body=part.unit).values_list(
            "person", flat=True
        )
        if part.unit
        else ()
    )
    return dict.fromkeys(in_unit, _SAME_UNIT) | dict.fromkeys(acted, _ACTED) | recused


def part_of_the_state(case: "Case") -> Vetting | None:
    """The answer by which the authority found the applicant to be a part of its own State, if it did."""
    return Vetting.objects.filter(
        organisation=case.applicant_id,
        authority=case.authority_id,
        outcome=Vetting.Outcome.ACCEPTED,
        withdrawn_on__isnull=True,
        of_the_state=True,
    ).first()


def takes_part_still(case: "Case", actor: Actor) -> Iterable[Reason]:
    """A conflict is declared once."""
    if isinstance(actor, Person) and case.recusals.filter(person=actor.user).exists():
        yield Reason(
            code="recused-already", words=_("You declared a conflict of interest in this case already.")
        )


def conflict_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Who takes no part says why."""
    if not facts.get("reasoned"):
        yield Reason(
            code="reasons-missing",
            words=_("What the conflict of interest is is not said."),
            mend=_("Say in a sentence what it is."),
        )


def decider_did_not_recommend(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Who recommends never decides, nor does anybody in whose stead a deputy recommended."""
    if not isinstance(actor, Person):
        return
    recommendations = list(case.recommendations.all())
    if any(one.person_id == actor.user.pk for one in recommendations):
        yield Reason(
            code="four-eyes",
            words=_("You recommended in this case, so somebody else decides it."),
            mend=_ANOTHER_DECIDES,
        )
    elif actor.user.pk in behind(recommendations):
        yield Reason(
            code="four-eyes",
            words=_("Your deputy recommended in your stead in this case, so somebody else decides it."),
            mend=_ANOTHER_DECIDES,
        )


def decided_in_nobodys_stead_who_recommended(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Whoever recommended does not decide through a deputy either. `in_stead_of`: opaque names of people."""
    stead = facts.get("in_stead_of") or []
    principals = {str(name) for name in stead} if isinstance(stead, list) else set()
    if principals & set(_names(case)):
        yield Reason(
            code="four-eyes-deputy",
            words=_("You would decide in the stead of somebody who recommended in this case."),
            mend=_("Let somebody decide who holds the deciding office themselves, and did not recommend."),
        )


def _names(case: "Case") -> Iterable[str]:
    people = User.objects.filter(pk__in=behind(case.recommendations.all()))
    return (str(name) for name in people.values_list("public_id", flat=True))
