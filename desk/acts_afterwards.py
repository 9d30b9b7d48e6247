"""Carries out what a case file says became of an authorisation: each act in a case of its own, by who may.

What takes something away unasked begins earlier than its day: the notice goes out, and the holder is heard.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from accounts.models import Function, Organisation
from authorisation import acts as planned_acts
from authorisation.acts import AnyPlan
from authorisation.consent import LISTS
from authorisation.deputies import behind
from authorisation.handling import handling_of
from authorisation.kinds import Kind
from authorisation.models import Authorisation, Case
from authorisation.models.decisions import Outcome
from authorisation.procedures.shape import OfficeRule
from authorisation.services import acts, appeals, applications, decisions, desk
from authorisation.verdicts import Verdict
from desk.case_file import CaseFile, EventContent
from desk.cast import acting_for, cast_for, with_another_holder
from desk.walking import IN_ORDER, Walker
from projects.content import EntityContent
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused

ACTS = frozenset(
    {"change", "top_up", "transfer_of_holder", "suspension", "resumption", "revocation", "surrender"}
)
HANDLED = ACTS | {"appeal"}

# The authority gives notice of what it means to take away, and hears the holder before it decides.
NOTICE = timedelta(days=45)
HEARD = timedelta(days=15)
WITH_NOTICE = frozenset({"suspension", "revocation"})

# What the authority does of its own motion, without anybody asking or being heard.
_OWN_MOTION = frozenset({"clarification", "correction", "identifier_assigned", "resumption"})

# An entity that a file adds by its name alone takes part in the activity.
_TAKES_PART = ("activity participant",)

NOTHING_TO_ADD = "We have read the notice and have nothing to add."


class ActWalk:
    """One event of a case file on its way to an act: the case that it becomes, and how far it has come."""

    def __init__(self, event: EventContent, file: CaseFile, walker: Walker, case: Case) -> None:
        self.event, self.file = event, file
        self.walker = Walker(walker.people, walker.clock, walker.day)
        self.granted = case
        self.heard = False
        self.served = False

    @property
    def notice_day(self) -> date:
        """When notice is to be given: so long before the act takes effect, or as soon as it can be."""
        return max(cast(date, self.event.on) - NOTICE, self.walker.day)

    @property
    def heard_day(self) -> date:
        """When the holder answers."""
        return max(cast(date, self.event.on) - HEARD, self.walker.day)

    def give_notice(self, day: date) -> None:
        """Opens the case and serves the notice, signed by the desk. Raises Refused with every reason."""
        if self.served:
            return
        walker = self.walker
        walker.on(day)
        authorisation = _authorisation(self.granted)
        office = walker.office(Function.DESK_OFFICER)
        walker.case = acts.open_act(authorisation, plan_of(self.event, self.file), act=office)
        walker.step(lambda case: acts.serve_notice(case, act=walker.office(Function.DESK_OFFICER)))
        walker.letter(walker.day, offices=[OfficeRule(function=Function.DESK_OFFICER)])
        self.served = True

    def be_heard(self, day: date) -> None:
        """The holder answers the notice, where one was served."""
        if not self.served or self.heard:
            return
        self.walker.on(day)
        _acting_for(self.walker, _authorisation(self.granted).holder)
        self.walker.step(lambda case: acts.hear(case, act=self.walker.applicant(), statement=NOTHING_TO_ADD))
        self.heard = True

    def carry_out(self) -> None:
        """Takes the act to its letter on the day of the event. Raises Refused with every reason."""
        day = cast(date, self.event.on)
        if self.event.event in WITH_NOTICE:
            self.give_notice(day)
            self.be_heard(day)
            self.walker.on(day)
        else:
            self._open(day)
        _decide(self.walker, grant=True)

    def _open(self, day: date) -> None:
        walker = self.walker
        walker.on(day)
        _acting_for(walker, _authorisation(self.granted).holder)
        plan = self._with_organisation(plan_of(self.event, self.file))
        own = plan.type in _OWN_MOTION
        actor = walker.office(Function.DESK_OFFICER) if own else walker.applicant()
        walker.case = acts.open_act(_authorisation(self.granted), plan, act=actor)
        if own:
            walker.step(lambda case: acts.file(case, act=walker.office(Function.DESK_OFFICER)))
            return
        walker.pay()
        walker.step(lambda case: applications.submit(case, act=walker.applicant(), declared=True))
        walker.pay()
        walker.check_payments()
        walker.step(lambda case: desk.accept(case, act=walker.office(Function.DESK_OFFICER)))

    def _with_organisation(self, plan: AnyPlan) -> AnyPlan:
        """Whoever the authorisation passes to in a file has an account here, and the authority let it in."""
        if not isinstance(plan, planned_acts.HolderTransferred) or not plan.of_all:
            return plan
        party = self.walker.people.authority.party.code
        taking_over = cast_for(party, EntityContent(name=plan.to), at=self.walker.clock.now())
        return plan.model_copy(update={"organisation": taking_over.organisation.public_id})


def _acting_for(walker: Walker, organisation: Organisation) -> None:
    """From here on the walker acts for this organisation, where it did for another."""
    if organisation != walker.people.organisation:
        walker.people = acting_for(walker.people, organisation)


def _decide(walker: Walker, *, grant: bool, reasons: str = IN_ORDER) -> None:
    """Review, recommendation, decision and letter, all on the walker's day."""
    walker.review(Verdict.FAVOURABLE if grant else Verdict.UNFAVOURABLE, reasons)
    walker.recommend(Outcome.APPROVE if grant else Outcome.REFUSE, reasons)
    if grant:
        walker.approve()
    else:
        walker.step(lambda case: decisions.refuse(case, act=walker.deciding(), reasons=[reasons]))
    walker.letter(walker.day)


def appeal(event: EventContent, walker: Walker, case: Case) -> None:
    """An appeal against what was decided last, decided on its day. Raises Refused with every reason."""
    own = Walker(walker.people, walker.clock, walker.day)
    own.on(cast(date, event.on))
    against = _decided_last(case)
    _acting_for(own, against.applicant)
    grounds = event.reason or event.text or str(_("The decision does not follow from the file."))
    own.case = appeals.open_appeal(against, act=own.applicant(), grounds=grounds)
    own.pay()
    own.step(lambda one: applications.submit(one, act=own.applicant(), declared=True))
    own.pay()
    own.check_payments()
    own.step(lambda one: desk.accept(one, act=own.office(Function.DESK_OFFICER)))
    deciding, at = handling_of(own.case).deciding, own.clock.now()
    said = [*against.decisions.all(), *against.recommendations.all()]
    if own.people.meant_by(deciding, at).user.pk in behind(said):
        own.people = with_another_holder(own.people, deciding, at)
    _decide(own, grant=event.outcome != "dismissed", reasons=grounds)


def _decided_last(case: Case) -> Case:
    """The case about the authorisation that was decided last, or the application itself."""
    case = Case.objects.get(pk=case.pk)
    if case.authorisation_id is None:
        return case
    about = Case.objects.filter(authorisation=case.authorisation_id, state__in=("granted", "refused"))
    return about.exclude(kind=Kind.APPEAL).latest("decided_on", "pk")


def record_holder(event: EventContent, walker: Walker, case: Case) -> Case:
    """While a case is open, the desk records that a block which it names has another holder."""
    walker.on(cast(date, event.on))
    return applications.record_holder(
        Case.objects.get(pk=case.pk),
        act=walker.office(Function.DESK_OFFICER),
        serial=event.serial or "",
        to=event.to or "",
    )


def _authorisation(case: Case) -> Authorisation:
    found = Case.objects.select_related("authorisation").get(pk=case.pk).authorisation
    if found is None:
        raise Refused(
            Refusal.RULE,
            [Reason(code="not-authorised", words=_("There is no authorisation that could be acted on."))],
        )
    return found


def plan_of(event: EventContent, file: CaseFile) -> AnyPlan:
    """The act that an event means. Raises Refused where it says too little."""
    given = {
        "type": event.type if event.event == "change" else event.event,
        "grounds": event.reason or f"Case file {file.id}",
        # What a published source does not show is shown by the source: the case file.
        "consent": f"Case file {file.id}",
        **_said(event),
    }
    try:
        return planned_acts.read(given)
    except ValidationError as error:
        raise Refused(
            Refusal.RULE,
            [
                Reason(
                    code="event-incomplete",
                    words=_("The case file does not say enough of this act: %(place)s."),
                    values={"place": ".".join(str(one) for one in fault["loc"]) or str(given["type"])},
                    mend=_("Give what the act needs."),
                )
                for fault in error.errors(include_url=False, include_input=False, include_context=False)
            ],
        ) from error


def _said(event: EventContent) -> Mapping[str, Any]:
    """What the event says of its act, by the name of its type."""
    kind = event.type if event.event == "change" else event.event
    volumes = dict(event.volumes_tco2e or {})
    entity = event.entity or EntityContent()
    said: dict[str, Mapping[str, Any]] = {
        "clarification": {"text": event.text or event.reason or ""},
        "correction": {"text": event.text or event.reason or ""},
        "identifier_assigned": {"ca_id": event.ca_id},
        "entity_added": {"entity": _entity(entity)},
        "entity_removed": {"name": entity.name},
        "entity_renamed": {"name": entity.name, "to": event.to},
        "quantity_up": {"volumes": volumes, "total": event.total_tco2e},
        "quantity_down": {"volumes": volumes, "total": event.total_tco2e},
        "use_added": {
            "use": event.use,
            "imp": (event.oimp.imp or ()) if event.oimp else (),
            "op": event.oimp.op if event.oimp else None,
        },
        "use_removed": {"use": event.use},
        "period": {
            "outcomes_from": event.outcomes_occur.starts_on if event.outcomes_occur else None,
            "outcomes_to": event.outcomes_occur.ends_on if event.outcomes_occur else None,
            "last_use_on": event.last_use_on,
        },
        "methodology": {"methodology": event.methodology},
        "consent_terms": {name: getattr(event, name) for name in LISTS},
        "top_up": {"volumes": {vintage: tonnes for vintage, tonnes in volumes.items() if tonnes}},
        "transfer_of_holder": {"serial": event.serial or "", "to": event.to},
        "revocation": {"volumes": _scope(event)},
        "surrender": {"volumes": _scope(event)},
    }
    return said.get(str(kind), {})


def _entity(entity: EntityContent) -> dict[str, Any]:
    return {
        "name": entity.name or "",
        "country": entity.country,
        "identification": entity.identification,
        "roles": entity.roles_to_authorise or _TAKES_PART,
    }


def _scope(event: EventContent) -> dict[int, int] | None:
    """Tonnes by vintage; None for all."""
    if isinstance(event.scope, Mapping):
        return {vintage: tonnes for vintage, tonnes in event.scope.items() if tonnes}
    return dict(event.volumes_tco2e) if event.volumes_tco2e else None
