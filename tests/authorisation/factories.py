"""Authorities with their people, and cases brought to each state honestly: through the use-cases, by who may.

Every case runs on a clock of its own, which moves on by an hour with each step.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from accounts.models import Authority, Function, Office, Organisation, Scope, User
from accounts.services import create_membership, issue_token, open_service_account
from authorisation import proposals
from authorisation.kinds import Kind
from authorisation.models import Authorisation, Case
from authorisation.models.decisions import Outcome
from authorisation.procedures import BUILT_IN
from authorisation.services import applications, decisions, desk, reviews
from authorisation.terms import Terms, asked_for
from authorisation.verdicts import Verdict
from letters import services as letters
from letters.models import Letter
from tests.accounts.factories import AT, DAY, office, organisation, person, tenure, two_authorities, vetted
from workflow import outbox
from workflow.actors import SYSTEM, Person, Program, Proof
from workflow.clock import RealClock, SetClock
from workflow.door import Act, pass_through


@dataclass(frozen=True, kw_only=True)
class Staff:
    """An authority with one holder of each office, an applicant's organisation, and their clock."""

    authority: Authority
    organisation: Organisation
    applicant: User
    offices: Mapping[Function, tuple[Office, User]]
    clock: SetClock = field(default_factory=lambda: SetClock(AT))

    def holding(self, function: Function) -> Person:
        """The holder of an office, who proved who they are a minute ago."""
        held, user = self.offices[function]
        proof = Proof(method="totp", at=self.clock.now() - timedelta(minutes=1))
        return Person(user=user, office=held, proof=proof)

    def proving(self, function: Function) -> Person:
        """The same, for what goes by the time on the wall."""
        proof = Proof(method="totp", at=RealClock().now())
        return replace(self.holding(function), proof=proof)

    def applying(self) -> Person:
        return Person(user=self.applicant, organisation=self.organisation)

    def act(self, function: Function | None = None, *, key: str = "") -> Act:
        """An act of the holder of this office, or of the applicant, an hour after the last."""
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        actor = self.applying() if function is None else self.holding(function)
        return Act(actor=actor, clock=self.clock, key=key)


def two_staffs() -> tuple[Staff, Staff]:
    """Two authorities of two Parties, each with people and applicants of its own."""
    ours, theirs = two_authorities()
    return staff(ours), staff(theirs)


def staff(authority: Authority) -> Staff:
    code = authority.party.code
    applying = organisation(f"Stoves of {code}", country=code, identification=f"{code}-1")
    applicant = person(f"applicant@{code.lower()}.example", name="Afi Applicant")
    create_membership(applying, person=applicant, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    offices = {function: _filled(authority, function) for function in Function}
    vetted(applying, authority, member=applicant, officer=offices[Function.DESK_OFFICER][1])
    return Staff(authority=authority, organisation=applying, applicant=applicant, offices=offices)


def another_holder(of: Staff, name: str = "Second Owner") -> Staff:
    """The same authority, with another organisation that it has let in, and one person of that."""
    other = organisation(name, country="CHE", identification=name)
    member = person(f"{name.lower().replace(' ', '.')}@example.org", name=f"Member of {name}")
    create_membership(other, person=member, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    vetted(other, of.authority, member=member, officer=of.offices[Function.DESK_OFFICER][1])
    return replace(of, organisation=other, applicant=member)


def _filled(authority: Authority, function: Function) -> tuple[Office, User]:
    held = office(
        authority,
        function=function,
        body=next(iter(BUILT_IN.bodies)) if function == Function.REVIEWER else "",
    )
    return held, holder(held, function.value)


def holder(held: Office, name: str) -> User:
    """One more person in an office, from the first day on."""
    user = person(f"{name}@{held.authority.slug}.example", name=name.replace("_", " ").title())
    tenure(held, user)
    return user


def program_of(of: Staff) -> Program:
    """A program of the staff's organisation, under a service account that has a token."""
    account = open_service_account(of.organisation, name="Registry", by=of.applicant, at=AT)
    issue_token(account, scopes=[Scope.READ, Scope.REPORT], lasts=timedelta(days=30), by=of.applicant, at=AT)
    return Program(account=account)


# -- what is asked for -----------------------------------------------------------------------------

_CONTENT: Mapping[str, Any] = {
    "ndc_period": {"from": 2021, "to": 2030},
    "cooperative_approach": {
        "ca_id": None,
        "name": "Stoves for two valleys",
        "parties": ["GHA", "CHE"],
        "agreement": {"title": "Agreement on cooperation", "signed_on": "2024-05-02"},
        "duration": {"from": "2024-06-01", "to": "2030-12-31"},
        "initial_report": "submitted in May 2024",
    },
    "activity": {
        "title": "Efficient stoves in two valleys",
        "standard": "Bilateral",
        "registry_id": "MA-77",
        "methodology": "Metered stoves",
        "sector": "Energy generation",
        "activity_type": "Energy Efficiency households",
        "metric": "GHG",
        "gwp": "AR5 100-year",
        "mitigation_type": "Emission reductions",
        "crediting_period": {"from": "2026-01-01", "to": "2030-12-31"},
        "expected_tco2e": {"2026": 1000, "2027": 2000, "2028": 3000},
    },
    "entities": [
        {"name": "Stoves Ltd", "country": "GHA", "identification": "C-1", "roles": ["applicant", "seller"]},
        {"name": "Alpine Buyer", "country": "CHE", "identification": "B-1", "roles": ["acquirer"]},
    ],
    "request": {
        "kind": "consolidated",
        "submitted_on": "2026-03-02",
        "uses": ["NDC"],
        "volumes_tco2e": {"2026": 600, "2027": 1500},
        "outcomes_occur": {"from": "2026-01-01", "to": "2028-12-31"},
        "last_use_on": "2030-12-31",
        "tracking_registry": "national",
        "conditions": [],
        "change_terms": "After notice, for what is not yet first transferred.",
    },
}


def content(**changes: Mapping[str, Any] | list[Any] | None) -> dict[str, Any]:
    """A complete application; each change replaces fields of one group, or the whole group."""
    made = deepcopy(dict(_CONTENT))
    for group, given in changes.items():
        made[group] = {**made[group], **given} if isinstance(given, Mapping) else given
    return made


def incomplete() -> dict[str, Any]:
    """An application that may be submitted and lacks two items."""
    return content(activity={"methodology": None}, request={"last_use_on": None})


def asked(case: Case) -> Terms:
    return asked_for(proposals.content_of(case))


# -- a case at each state --------------------------------------------------------------------------


def drafted(of: Staff, given: Mapping[str, Any] | None = None, *, kind: Kind = Kind.CONSOLIDATED) -> Case:
    return applications.open_case(
        act=of.act(),
        authority=of.authority,
        kind=kind,
        applicant=of.organisation,
        content=content() if given is None else given,
    )


def submitted(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    return applications.submit(drafted(of, given), act=of.act(), declared=True)


def with_applicant(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    """Returned for completion."""
    case = submitted(of, incomplete() if given is None else given)
    return desk.return_for_completion(case, act=of.act(Function.DESK_OFFICER))


def in_review(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    return desk.accept(submitted(of, given), act=of.act(Function.DESK_OFFICER))


def questioned(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    """Asked something while in review."""
    return desk.ask(
        in_review(of, given), act=of.act(Function.REVIEWER), questions=[("", "How are stoves counted?")]
    )


def in_decision(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    return recommended(of, in_review(of, given))


def recommended(of: Staff, case: Case, outcome: Outcome = Outcome.APPROVE) -> Case:
    """The opinion given, and the case recommended with an answer to every finding."""
    case = reviews.give_opinion(
        case, act=of.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="It holds."
    )
    return desk.recommend(
        case,
        act=of.act(Function.DESK_OFFICER),
        outcome=outcome,
        reasons="As reviewed.",
        answers={finding.rule: "Seen." for finding in proposals.findings_on_request(case)},
    )


def letter_due(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    """Approved in full."""
    return decisions.approve(in_decision(of, given), act=of.act(Function.DECIDER))


def withdrawn(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    return applications.withdraw(submitted(of, given), act=of.act())


def letter_of(case: Case) -> Letter:
    """The letter drawn last for the case, as it is now."""
    return case.letters.latest("pk")


def rendered(case: Case) -> Letter:
    """The letter drawn last, with its unsigned bytes."""
    outbox.deliver_due()
    return letter_of(case)


def signed(of: Staff, case: Case, function: Function = Function.SIGNER) -> Letter:
    """The letter drawn last, rendered, consented to by its office, and not yet sealed."""
    letter = rendered(case)
    return letters.consent(letter, act=of.act(function), digest=letter.unsigned_sha256)


def issued(of: Staff, case: Case, function: Function = Function.SIGNER) -> Letter:
    """The letter drawn last, sealed and issued."""
    signed(of, case, function)
    outbox.deliver_due()
    return letter_of(case)


def concluded(of: Staff, case: Case) -> Authorisation:
    """The case concluded as by its issued letter, without producing one."""
    on = of.authority.legal_date(of.clock.now())
    moves = decisions.conclusion_moves(
        case,
        letter=str(letter_of(case).public_id),
        digest="0" * 64,
        signed_on=on,
        notified_on=on,
        effective_on=on,
    )
    pass_through(Act(actor=SYSTEM, clock=of.clock), *moves)
    return Authorisation.objects.get(cases=case)


def granted(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    case = letter_due(of, given)
    issued(of, case)
    return Case.objects.get(pk=case.pk)


def refused(of: Staff, given: Mapping[str, Any] | None = None) -> Case:
    case = decisions.refuse(in_decision(of, given), act=of.act(Function.DECIDER), reasons=["Not additional."])
    issued(of, case)
    return Case.objects.get(pk=case.pk)
