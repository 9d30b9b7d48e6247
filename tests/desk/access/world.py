"""The world of the matrix: two authorities, a case in each state, its letters, and everybody at a browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal import auth as recovery_codes
from django.core import mail
from django.test import Client

from accounts import services
from accounts.models import (
    Function,
    Invitation,
    Mandate,
    Membership,
    Office,
    Organisation,
    ServiceToken,
    Tenure,
    User,
    Vetting,
)
from authorisation import acts
from authorisation.document_types import OTHER, PAPER
from authorisation.kinds import Kind
from authorisation.models import Authorisation, Case
from authorisation.procedures.shape import Fee, Stage
from authorisation.services import applications, decisions, documents, fees, obligations, reviews
from authorisation.services.acts import open_act, serve_notice
from authorisation.verdicts import Verdict
from desk.webhooks.keys import make_first_key
from letters import services as letters
from letters.models import Letter
from projects.documents import take_in
from projects.entitlements import Granted, end_entitlement, grant_entitlement
from tests.accounts.factories import AT, DAY, organisation, person, tenure, vetted
from tests.authorisation import factories as make
from tests.authorisation.bodies import COMMITTEE, Sitting, sitting, under
from tests.authorisation.charging import opened_under, procedure_asking
from tests.authorisation.obliging import AGREEMENT, REPORT, authorised, one
from tests.authorisation.standing import reviewable
from tests.desk.access import visitors as who
from tests.desk.browser import at_a_browser, with_app
from tests.desk.cases import PASSWORD
from tests.desk.work.pressing import forms_of
from tests.letters import papers
from workflow.clock import RealClock, SetClock

TOKEN = "a-token-of-an-invitation"
# Its chair and its member vote, and a vote is enough.
PANEL = replace(COMMITTEE, members=2, quorum=1)
FEE = Fee(stage=Stage.SUBMISSION, amount=Decimal("150.00"), currency="USD", basis="Fees Order")
_FUNCTIONS = {
    Function.DESK_OFFICER: (who.OFFICER, who.OFFICER_THERE),
    Function.REVIEWER: (who.REVIEWER, who.REVIEWER_THERE),
    Function.DECIDER: (who.DECIDER, who.DECIDER_THERE),
    Function.SIGNER: (who.SIGNER, who.SIGNER_THERE),
    Function.DIRECTOR: (who.DIRECTOR, who.DIRECTOR_THERE),
}


@dataclass(frozen=True, kw_only=True)
class World:
    """Two authorities with their people; cases and letters here, by what is to be done with them.

    people     whoever a visitor is, by the visitor's name
    offices    in which office they would act: their own, if they have one
    """

    here: make.Staff
    there: make.Staff
    cases: Mapping[str, Case]
    letters: Mapping[str, Letter]
    people: Mapping[str, User]
    offices: Mapping[str, str]
    consultants: Organisation
    invitation: Invitation
    token: ServiceToken
    mandate: Mandate
    vetting: Vetting
    browsers: Mapping[str, Client]

    _pages: dict[tuple[str, str], Any] = field(default_factory=dict)
    _forms: dict[tuple[str, str], dict[str, dict[str, list[str]]]] = field(default_factory=dict)

    def browser(self, visitor: str) -> Client:
        """Where this visitor sits, having shown just now what they have shown, however slow the machine."""
        browser = self.browsers[visitor]
        if visitor == who.ANONYMOUS:
            return browser
        session = browser.session
        if shown := session.get(AUTHENTICATION_METHODS_SESSION_KEY):
            now = RealClock().now().timestamp()
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**each, "at": now} for each in shown]
            session.save()
        return browser

    def page(self, visitor: str, address: str) -> Any:
        """A page as this visitor sees it before anything was done; made once."""
        if (visitor, address) not in self._pages:
            self._pages[visitor, address] = self.browser(visitor).get(address)
        return self._pages[visitor, address]

    def forms(self, visitor: str, address: str) -> dict[str, dict[str, list[str]]]:
        """What each form of that page would send, by its step; read once."""
        if (visitor, address) not in self._forms:
            self._forms[visitor, address] = forms_of(self.page(visitor, address))
        return self._forms[visitor, address]

    @property
    def today(self) -> date:
        """The day here."""
        return self.here.authority.legal_date(RealClock().now())


def world() -> World:
    """Made by the use-cases themselves."""
    here, there = make.two_staffs()
    panel = sitting(here, PANEL, members=1)
    cases = {
        **_cases(here, there),
        **_on_paper(here),
        **_signed_by_hand(here),
        **_in_the_panel(panel),
        **_charged(here),
        **_obliged(here),
    }
    people, consultants, mandate, vetting = _people(here, there, panel)
    offices = {
        visitor: str(of.offices[function][0].public_id)
        for function, names in _FUNCTIONS.items()
        for of, name in zip((here, there), names, strict=True)
        for visitor in (name, f"{name}, later")
    }
    invitation, _token = services.invite(
        here.organisation, email=people[who.STRANGER].email, by=here.applicant, at=RealClock().now()
    )
    Invitation.objects.filter(pk=invitation.pk).update(token_sha256=services.invitations.digest_of(TOKEN))
    mail.outbox.clear()
    # With which messages are signed and dossiers sealed: made with the first of them, whoever asks for it.
    make_first_key(at=RealClock().now())
    return World(
        here=here,
        there=there,
        cases={name: Case.objects.get(pk=case.pk) for name, case in cases.items()},
        letters={
            name: make.letter_of(cases[name])
            for name in ("letter_due", "failed", "granted", "returned", "to_print", "to_compare")
        },
        people=people,
        offices={
            **offices,
            who.NOT_SHOWN: offices[who.DIRECTOR],
            **{visitor: str(office.public_id) for visitor, (office, _holder) in _of_panel(panel).items()},
        },
        consultants=consultants,
        invitation=invitation,
        token=_token_of(here),
        mandate=mandate,
        vetting=vetting,
        browsers=_browsers(people),
    )


def _token_of(here: make.Staff) -> ServiceToken:
    """Of a program of the applicant's."""
    at, by = RealClock().now(), here.applicant
    account = services.open_service_account(here.organisation, name="Registry", by=by, at=at)
    token, _secret = services.issue_token(account, scopes=["read"], lasts=timedelta(days=90), by=by, at=at)
    return token


def _cases(here: make.Staff, there: make.Staff) -> dict[str, Case]:
    """One case for every situation, each about an activity of its own."""
    reviewed = make.in_review(here, _about("reviewed"))
    reviews.give_opinion(
        reviewed, act=here.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="It holds."
    )
    recused = make.in_review(here, _about("recused"))
    cases = {
        "draft": make.drafted(here, _about("draft")),
        "submitted": make.submitted(here, _about("submitted")),
        "incomplete": make.submitted(here, make.incomplete()),
        "returned": make.with_applicant(here, _about("returned", methodology=None)),
        "in_review": make.in_review(here, _about("in_review")),
        "reviewed": reviewed,
        "recused": reviews.recuse(recused, act=here.act(Function.REVIEWER), reasons="It is my sister's."),
        "questioned": make.questioned(here, _about("questioned")),
        "in_decision": make.in_decision(here, _about("in_decision")),
        "letter_due": make.letter_due(here, _about("letter_due")),
        "failed": make.letter_due(here, _about("failed")),
        "granted": make.granted(here, _about("granted")),
        "refused": make.refused(here, _about("refused")),
        "withdrawn": make.withdrawn(here, _about("withdrawn")),
        "there": make.in_decision(there, _about("there")),
    }
    cases |= _about_what_stands(here, cases["granted"])
    letters.fail(make.rendered(cases["failed"]), fault="The key could not be opened.", clock=here.clock)
    _documented(cases["submitted"], here, documents.Said(type=OTHER, title="A map", note="It came by post."))
    return cases


def _about_what_stands(here: make.Staff, granting: Case) -> dict[str, Case]:
    """Acts about what was granted: planned, noticed to the holder, and asked for by the holder."""
    authorisation = Authorisation.objects.get(cases=granting)

    def planned(**what: Any) -> Case:
        plan = acts.read({"grounds": "As found.", **what})
        return open_act(authorisation, plan, act=here.act(Function.DESK_OFFICER))

    noticed = planned(type="revocation", volumes={2026: 1})
    more = acts.read(
        {"type": "top_up", "grounds": "More stoves work than we thought.", "volumes": {2026: 400}}
    )
    asked = reviewable(here, open_act(authorisation, more, act=here.act()))
    return {
        "planned": planned(type="clarification", text="As issued."),
        "suspending": planned(type="suspension"),
        "topping_up": make.recommended(here, asked),
        "noticed": serve_notice(noticed, act=here.act(Function.DESK_OFFICER)),
    }


def _on_paper(here: make.Staff) -> dict[str, Case]:
    """A draft that the officer has opened for the applicant, with the scan of its paper."""
    case = applications.open_case(
        act=here.act(Function.DESK_OFFICER),
        authority=here.authority,
        kind=Kind.CONSOLIDATED,
        applicant=here.organisation,
        content=_about("on_paper"),
    )
    _documented(case, here, documents.Said(type=PAPER, confidential=True, basis="It came on paper."))
    return {"on_paper": case}


def _signed_by_hand(here: make.Staff) -> dict[str, Case]:
    """A case whose letter is to be signed by hand, and one whose letter an officer recorded."""
    printed, recorded = (make.letter_due(here, _about(name)) for name in ("to_print", "to_compare"))
    papers.on_paper(here, printed)
    letter = papers.on_paper(here, recorded)
    desk = here.holding(Function.DESK_OFFICER)
    colleague = make.holder(here.offices[Function.DESK_OFFICER][0], "recording_officer")
    papers.recorded(here, letter, scan=[papers.scan_as("PNG")], actor=replace(desk, user=colleague))
    return {"to_print": printed, "to_compare": recorded}


def _documented(case: Case, here: make.Staff, said: documents.Said) -> None:
    upload = documents.Upload(content=b"What was sent.", name="sent.txt", declared="text/plain")
    documents.add_document(case, upload, said, act=here.act(Function.DESK_OFFICER))


def _in_the_panel(panel: Sitting) -> dict[str, Case]:
    """A case on which the panel has still to vote, and one of which it has given its opinion."""
    with under(PANEL):
        voting, concluded = (make.in_review(panel.of, _about(name)) for name in ("voting", "concluded"))
        panel.vote(concluded, panel.chair, Verdict.FAVOURABLE)
        minutes = take_in(b"The panel met.", name="minutes.txt")
        return {
            "voting": voting,
            "concluded": panel.conclude(concluded, Verdict.FAVOURABLE, minutes_file=minutes),
        }


def _charged(here: make.Staff) -> dict[str, Case]:
    """A draft that owes a fee, and a submitted application whose proof of payment is not checked yet."""
    with opened_under(procedure_asking(FEE)):
        owing, proved = (make.drafted(here, _about(name)) for name in ("owing", "proved"))
    upload = documents.Upload(content=b"Paid.", name="paid.txt", declared="text/plain")
    proved = fees.hand_in_proof(proved, upload, fee=1, reference="TX 1", act=here.act())
    return {"owing": owing, "proved": applications.submit(proved, act=here.act(), declared=True)}


def _obliged(here: make.Staff) -> dict[str, Case]:
    """A granted case whose decision asks a condition precedent and a report of the holder."""
    case = make.in_decision(here, _about("obliged"))
    decisions.approve(case, act=here.act(Function.DECIDER), requirements=(AGREEMENT, REPORT))
    make.issued(here, case)
    return {"obliged": Case.objects.get(pk=case.pk), "breached": _breached(here)}


def _breached(here: make.Staff) -> Case:
    """A granted case whose holder owes a report since long, which is found to be a breach."""
    report = one(authorised(here, REPORT, given=_about("breached")))
    late = replace(here.act(Function.DESK_OFFICER), clock=SetClock(here.clock.now() + timedelta(days=200)))
    return obligations.find_breach(report, act=late, reasons="No report came.").case


def _of_panel(panel: Sitting) -> dict[str, tuple[Office, User]]:
    return {who.CHAIR: panel.chair, who.MEMBER: panel.members[0]}


def _about(name: str, **changes: Any) -> dict[str, Any]:
    return make.content(activity={"title": f"Stoves, {name}", "registry_id": name, **changes})


def _people(
    here: make.Staff, there: make.Staff, panel: Sitting
) -> tuple[dict[str, User], Organisation, Mandate, Vetting]:
    made = [person(f"{number}@example.net", name=f"Visitor {number}") for number in range(13)]
    (colleague, consultant, unvetted, former_officer, former_colleague, former_consultant) = made[:6]
    (forester, stranger, administrator, closed, without, clerk, former_clerk) = made[6:]
    for number, member in enumerate((consultant, unvetted, former_consultant, forester, clerk, former_clerk)):
        firm = organisation(f"Firm {number}", identification=f"F-{number}")
        _joins(firm, member)
        if member != unvetted:
            vetted(firm, here.authority, member=member, officer=here.offices[Function.DESK_OFFICER][1])
    firms = {
        member.pk: Membership.objects.get(person=member).organisation
        for member in (consultant, unvetted, former_consultant)
    }
    _joins(here.organisation, colleague)
    _joins(here.organisation, former_colleague, ends_on=DAY + timedelta(days=60))
    tenure(here.offices[Function.DESK_OFFICER][0], former_officer, ends_on=DAY + timedelta(days=60))
    tenure(here.offices[Function.DESK_OFFICER][0], closed)
    tenure(here.offices[Function.DECIDER][0], without)
    _entitled(here, clerk, former_clerk)
    mandates = [
        services.give_mandate(
            here.organisation, mandatary=firms[member.pk], starts_on=DAY, by=here.applicant, at=AT
        )
        for member in (consultant, unvetted, former_consultant)
    ]
    services.revoke_mandate(mandates[2], by=here.applicant, at=AT + timedelta(days=60))
    vetting = services.ask_for_vetting(firms[unvetted.pk], authority=here.authority, by=unvetted, at=AT)
    services.deactivate_person(closed, actor="system", at=AT)
    User.objects.filter(pk=administrator.pk).update(is_staff=True, is_superuser=True)
    offices = {
        visitor: of.offices[function][1]
        for function, names in _FUNCTIONS.items()
        for of, visitor in zip((here, there), names, strict=True)
    }
    people = {
        **offices,
        **{visitor: holder for visitor, (_office, holder) in _of_panel(panel).items()},
        who.DECIDER_LATER: offices[who.DECIDER],
        who.SIGNER_LATER: offices[who.SIGNER],
        who.DIRECTOR_LATER: offices[who.DIRECTOR],
        who.NOT_SHOWN: offices[who.DIRECTOR],
        who.HAS_NONE: without,
        who.APPLICANT: here.applicant,
        who.COLLEAGUE: colleague,
        who.CONSULTANT: consultant,
        who.UNVETTED: unvetted,
        who.APPLICANT_THERE: there.applicant,
        who.FORMER_OFFICER: former_officer,
        who.FORMER_COLLEAGUE: former_colleague,
        who.FORMER_CONSULTANT: former_consultant,
        who.OTHER_APPLICANT: forester,
        who.STRANGER: stranger,
        who.ADMINISTRATOR: administrator,
        who.CLOSED: closed,
        who.REGISTRY: clerk,
        who.FORMER_REGISTRY: former_clerk,
    }
    fresh = {visitor: User.objects.get(pk=somebody.pk) for visitor, somebody in people.items()}
    return fresh, firms[consultant.pk], mandates[0], vetting


def _entitled(here: make.Staff, clerk: User, former_clerk: User) -> None:
    """Both record for the registry in which the outcomes here are tracked; one did until it was ended."""
    for member in (clerk, former_clerk):
        firm = Membership.objects.get(person=member).organisation
        director = here.holding(Function.DIRECTOR)
        granted = Granted(registry="national", starts_on=DAY, basis=f"Agreement with {firm.name}")
        entitlement = grant_entitlement(here.authority, firm, granted, actor=director, clock=here.clock)
        if member == former_clerk:
            end_entitlement(entitlement, reasons="It closed.", actor=director, clock=here.clock)


def _joins(of: Organisation, member: User, *, ends_on: date | None = None) -> None:
    services.create_membership(
        of, person=member, starts_on=DAY - timedelta(days=1), ends_on=ends_on, actor="system", at=AT
    )


# -- at their browsers -----------------------------------------------------------------------------


def _browsers(people: Mapping[str, User]) -> dict[str, Client]:
    for somebody in {somebody.pk: somebody for somebody in people.values()}.values():
        somebody.set_password(PASSWORD)
        User.objects.filter(pk=somebody.pk).update(password=somebody.password)
        if somebody.pk != people[who.HAS_NONE].pk:
            with_app(somebody)
            recovery_codes.RecoveryCodes.activate(somebody)
    return {
        who.ANONYMOUS: Client(),
        **{
            visitor: at_a_browser(
                User.objects.get(pk=one.pk),
                shown=visitor not in who.UNPROVED,
                shown_again=visitor not in who.LATER,
            )
            for visitor, one in people.items()
        },
    }


def tenure_of(person: User) -> Tenure:
    """The one office that a person holds."""
    return Tenure.objects.get(person=person)
