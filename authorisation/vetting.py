"""Why an organisation may not act towards an authority, and what would let it in."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts import wording
from accounts.models import Authority, Organisation, Vetting
from authorisation.concerned import concerned_by
from authorisation.models import Case
from authorisation.permissions import acts_for, unvetted
from authorisation.roles import Role
from workflow.actors import Actor, Person
from workflow.clock import Clock, today
from workflow.refusals import Reason


def against_unvetted(actor: Person, applicant: Organisation, authority: Authority) -> list[Reason]:
    """A reason for the applicant, and for whoever acts for it, unless the authority has let them in."""
    return [_against(organisation, authority) for organisation in unvetted(actor, applicant, authority)]


def withheld(case: Case, actor: Actor, clock: Clock) -> Mapping[str, list[Reason]]:
    """The role that the actor would have in the case, had the authority let their organisation in."""
    if not isinstance(actor, Person) or actor.office is not None:
        return {}
    theirs = concerned_by(case)
    if not acts_for(actor, theirs, on=today(case.authority, clock), authority=case.authority):
        return {}
    reasons = against_unvetted(actor, theirs, case.authority)
    return {Role.APPLICANT: reasons} if reasons else {}


def _against(organisation: Organisation, authority: Authority) -> Reason:
    asked = Vetting.objects.filter(organisation=organisation, authority=authority)
    taken_back = asked.filter(withdrawn_on__isnull=False).order_by("pk").last()
    if taken_back is None or taken_back.withdrawn_on is None:
        return Reason(
            code="not-vetted",
            words=_("%(organisation)s has not been accepted by this authority yet."),
            values={"organisation": organisation.name},
            mend=_("Ask the authority to look at it, on the organisation's page, and wait for its answer."),
        )
    return Reason(
        code="vetting-withdrawn",
        words=_("The authority has withdrawn its acceptance of %(organisation)s on %(day)s."),
        values={"organisation": organisation.name, "day": wording.day(taken_back.withdrawn_on)},
        mend=_("The authority was asked anew: wait for its answer.")
        if asked.filter(outcome="").exists()
        else _("Read its reasons on the organisation's page, mend what they say, and ask it there anew."),
    )
