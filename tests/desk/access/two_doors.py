"""Acts that are both on a page and in the API, paired; and of every other, why it is on one side only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.selectors import organisations_of
from authorisation.application import ApplicationContent
from authorisation.models import Authorisation, Case
from authorisation.terms import asked_for
from tests.desk.access import visitors as who
from tests.desk.access.of_webhooks import delivered, listening_here
from tests.desk.access.rows import Called, Patched, Row, Sent, Uploaded
from tests.desk.access.table import ROWS
from tests.desk.access.world import World

Body = Mapping[str, Any] | Callable[[World], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One act on a page and in the API, about the same record.

    page    the row of the page, as the matrix names it
    api     the name of the address in the API; for a step of a case with its name, as in `api_act/accept`
    case    the case it is about, by what is to be done with it; "" for an authorisation or its activity
    owner   whose office it is done in, where in an office: those who hold none name this one's
    body    what is sent besides capacity and version
    sent_as how
    """

    page: str
    api: str
    case: str = ""
    owner: str = ""
    body: Body = field(default_factory=dict)
    sent_as: type[Called] = Called

    def __str__(self) -> str:
        return f"{self.page} = {self.api}"

    @property
    def row(self) -> Row:
        """The row of the page."""
        (found,) = (row for row in ROWS if str(row) == self.page)
        return found

    def address(self, world: World) -> str:
        """Where it is in the API."""
        name, _slash, step = self.api.partition("/")
        if self.case:
            where: dict[str, Any] = {"public_id": world.cases[self.case].public_id}
            return reverse(name, kwargs={**where, "step": step} if step else where)
        authorisation = Authorisation.objects.get(cases=world.cases["granted"])
        if name in ("api_cases", "api_acts_over_many", "api_effects_over_many"):
            return reverse(name)
        if name == "api_replay":
            own = listening_here(world) if self.page.endswith("of the authority") else None
            return reverse(name, kwargs={"public_id": delivered(world, own).public_id})
        if name == "api_issuances":
            return reverse(name, kwargs={"public_id": authorisation.activity.public_id})
        return reverse(name, kwargs={"identifier": authorisation.identifier})

    def sends(self, world: World, visitor: str) -> Called:
        """What this visitor would send: in their own office or organisation, where they have one."""
        body = self.body(world) if callable(self.body) else self.body
        version = {"version": Case.objects.get(pk=world.cases[self.case].pk).version} if self.case else {}
        return self.sent_as({**self._capacity(world, visitor), **version, **body})

    def sends_on_page(self, world: World, visitor: str) -> Sent:
        """The same with the page's own form, which names the organisation where it asks as whom."""
        sent = self.row.sends(world, visitor)
        if self.page == "plan_act, of the holder":
            return {**sent, **self._capacity(world, visitor)}
        return sent

    def _capacity(self, world: World, visitor: str) -> dict[str, str]:
        office = world.offices.get(visitor, world.offices.get(self.owner))
        if self.owner and office is not None and visitor != who.REGISTRY:
            return {"office": office}
        person = world.people.get(visitor)
        theirs = organisations_of(person, on=world.today) if person is not None else []
        named = next(iter(theirs), world.here.organisation)
        return {"organisation": str(named.public_id)}


def _step(
    step: str, case: str, owner: str, *, page: str = "casework_act", body: Body | None = None, **said: Any
) -> Pair:
    return Pair(page=f"{page}, {step}", api=f"api_act/{step}", case=case, owner=owner, body=body or said)


def _of_applicant(page: str, step: str, case: str, **said: Any) -> Pair:
    return Pair(page=page, api=f"api_act/{step}", case=case, body=said)


def _in_part(world: World) -> Mapping[str, Any]:
    """What was asked, with less of it."""
    content = ApplicationContent.model_validate(world.cases["in_decision"].application.content)
    granted = {**asked_for(content).as_json(), "volumes": {"2026": 500}}
    return {"granted": granted, "reasons": ["Part of the baseline is not shown."]}


_OF_AN_ACT = {"volumes_tco2e": {"2026": 300}, "reasons": ["Enough for now."]}


def _applying(world: World) -> Mapping[str, Any]:
    return {
        "applicant": str(world.here.organisation.public_id),
        "authority": world.here.authority.slug,
        "kind": "consolidated",
        "application": {"activity": {"title": "Stoves in a third valley"}},
    }


def _a_map(**said: Any) -> Callable[[World], Mapping[str, Any]]:
    def made(world: World) -> Mapping[str, Any]:
        file = SimpleUploadedFile("map.txt", b"Where the stoves are.", content_type="text/plain")
        return {"type": "other", "title": "A map", "file": file, **said}

    return made


def _reported(**said: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {
        "on": world.today.isoformat(),
        "evidence": "Notice 1",
        "volumes_tco2e": {"2026": 1},
        **said,
    }


def _plan(type_: str) -> Mapping[str, Any]:
    return {"plan": {"type": type_, "grounds": "As found."}}


def _over_many(world: World) -> Mapping[str, Any]:
    return {
        "authority": world.here.authority.slug,
        "plan": {"type": "suspension", "grounds": "The law has changed."},
        "identifiers": [Authorisation.objects.get(cases=world.cases["granted"]).identifier],
    }


PAIRS = [
    # -- as the applicant or holder
    Pair(page="new_application", api="api_cases", body=_applying),
    Pair(
        page="application_section",
        api="api_application",
        case="draft",
        body={"application": {"activity": {"title": "Stoves, told anew"}}},
        sent_as=Patched,
    ),
    Pair(
        page="application_section, with the authority",
        api="api_application",
        case="submitted",
        body={"application": {"activity": {"title": "Stoves, told anew"}}},
        sent_as=Patched,
    ),
    Pair(page="application_documents", api="api_documents", case="draft", body=_a_map(), sent_as=Uploaded),
    _of_applicant("application_check", "submit", "draft", declared=True),
    _of_applicant("application_answer", "answer", "questioned", answers={"1": "By hand."}),
    _of_applicant("application_hearing", "hear", "noticed", statement="They were counted."),
    _of_applicant("application_withdraw", "withdraw", "submitted", reason="Sold."),
    Pair(page="plan_act, of the holder", api="api_open_act", body=_plan("surrender")),
    Pair(page="send_message_again", api="api_replay", body={}),
    Pair(page="send_message_again, of the authority", api="api_replay", body={}),
    # -- at the authority
    Pair(
        page="casework_act, add_document",
        api="api_documents",
        case="in_review",
        owner=who.OFFICER,
        body=_a_map(note="It came by post."),
        sent_as=Uploaded,
    ),
    _step("submit", "on_paper", who.OFFICER, declared=True),
    _step("withdraw", "on_paper", who.OFFICER, reason="Sold."),
    _step("file", "planned", who.OFFICER),
    _step("serve_notice", "suspending", who.OFFICER),
    _step("suspend_at_once", "suspending", who.DIRECTOR, urgency="Units are being sold twice."),
    _step("discontinue", "suspending", who.OFFICER, reasons="It was a mistake."),
    _step("waive", "incomplete", who.OFFICER, path="activity.methodology", reason="Measured."),
    _step("return_for_completion", "incomplete", who.OFFICER),
    _step("accept", "submitted", who.OFFICER),
    _step("ask", "in_review", who.OFFICER, questions=[{"path": "", "text": "How are stoves counted?"}]),
    _step("give_opinion", "in_review", who.REVIEWER, verdict="unfavourable", reasons="It leaks."),
    _step("vote", "voting", who.MEMBER, verdict="favourable", reasons="As I read it."),
    _step("take_up_again", "concluded", who.CHAIR, reasons="A new study is out."),
    _step("recuse", "in_review", who.OFFICER, reasons="It is my own."),
    _step("recommend", "reviewed", who.OFFICER, outcome="approve", reasons="As reviewed."),
    _step("approve", "in_decision", who.DECIDER, page="deciding_act"),
    _step("approve_in_part", "in_decision", who.DECIDER, page="deciding_act", body=_in_part),
    Pair(
        page="deciding_act, approve_in_part, of an act",
        api="api_act/approve_in_part",
        case="topping_up",
        owner=who.DECIDER,
        body=_OF_AN_ACT,
    ),
    _step("refuse", "in_decision", who.DECIDER, page="deciding_act", reasons=["Not additional."]),
    _step("send_back", "in_decision", who.DECIDER, page="deciding_act", reasons="Ask about permanence."),
    Pair(
        page="plan_act, of the authority, looked at",
        api="api_effects",
        owner=who.OFFICER,
        body={"plan": _plan("revocation")["plan"]},
    ),
    Pair(
        page="plan_act, of the authority",
        api="api_open_act",
        owner=who.OFFICER,
        body=_plan("revocation"),
    ),
    Pair(page="acts_over_many, looked at", api="api_effects_over_many", owner=who.OFFICER, body=_over_many),
    Pair(page="acts_over_many", api="api_acts_over_many", owner=who.OFFICER, body=_over_many),
    Pair(page="record_issuance, issuance", api="api_issuances", owner=who.OFFICER, body=_reported()),
    Pair(
        page="record, first transfer",
        api="api_first_transfers",
        owner=who.OFFICER,
        body=_reported(to_party="CHE"),
    ),
]

_FILE = "a file goes with it that is checked and kept beside the step"
_CEREMONY = "a signature, or paper signed by hand: it is given on the page that shows the letter"
_LOOKING = "shows what would be written, and writes nothing"
_PEOPLE = "who belongs where and may do what is settled by people who are asked who they are"
_ACCOUNT = "how one person signs in"
_READER = "what one person reads"
_HOLDERS = "what is asked of holders has no address in the API"
_NOBODYS = "no act at all: the matrix tries that nothing comes of it"
_PUBLIC = "open to the public on both sides, so there is nothing to say about who (desk/api/checking.py)"
_SAME = "another way into an act that is paired"

ONLY_ON_PAGES: Mapping[str, str] = {
    "application_appeal": "an appeal cites the case it goes against, and is begun there",
    "application_document_remove": "what was sent is taken back where it is listed",
    "application_fees": _FILE,
    "casework_act, remove_document": "what was added is taken back where it is listed",
    "casework_act, judge_document": "judged beside the document that is read",
    "casework_act, hand_in_proof": _FILE,
    "casework_act, judge_proof": "judged beside the proof that is read",
    "casework_act, exempt_from_fee": "judged beside the fee that it is about",
    "casework_act, appoint_ad_hoc": _PEOPLE,
    "case_on_paper": _SAME,
    "signing_act, consent": _CEREMONY,
    "signing_act, decline": _CEREMONY,
    "signing_act, retry": _CEREMONY,
    "paper_act, choose_paper": _CEREMONY,
    "paper_act, choose_electronic": _CEREMONY,
    "paper_act, note_hand": _CEREMONY,
    "paper_act, record_paper": _CEREMONY,
    "paper_act, confirm_paper": _CEREMONY,
    "paper_act, return_paper": _CEREMONY,
    "paper_act, hand_over": _CEREMONY,
    "weigh": _LOOKING,
    "preview_letter, approve": _LOOKING,
    "preview_letter, approve_in_part": _LOOKING,
    "preview_letter, refuse": _LOOKING,
    "casework_act, of a step that is none": _NOBODYS,
    "deciding_act, of a step that is none": _NOBODYS,
    "preview_letter, of a step that is none": _NOBODYS,
    "signing_act, of a step that is none": _NOBODYS,
    "paper_act, of a step that is none": _NOBODYS,
    "obligation_act, of a step that is none": _NOBODYS,
    "record_of_activity, of nothing that happens": _NOBODYS,
    "record, of nothing that happens": _NOBODYS,
    "obligation_act, hand_in of the obligation": _HOLDERS,
    "obligation_act, find_met of the obligation": _HOLDERS,
    "obligation_act, find_met of the condition": _HOLDERS,
    "obligation_act, extend of the obligation": _HOLDERS,
    "obligation_act, waive of the obligation": _HOLDERS,
    "obligation_act, find_breach of the obligation": _HOLDERS,
    "obligation_act, open_suspension of the breached obligation": _HOLDERS,
    "announcement_act, record_done": "whom the authority tells is its own list of things to do",
    "announcement_act, excuse": "whom the authority tells is its own list of things to do",
    "correspondent": "whom the authority tells is its own list of things to do",
    "record_issuance, issuance looked at": _LOOKING,
    "record, first transfer looked at": _LOOKING,
    "record_of_activity, reversal looked at": _LOOKING,
    "record_of_activity, reversal": "a reversal is stated by the desk, and by no registry",
    "entitle_registry": _PEOPLE,
    "end_entitlement": _PEOPLE,
    "notices_mark": _READER,
    "notices_preference": _READER,
    "language": _READER,
    "check_file": _PUBLIC,
    "open_dossier": _FILE,
    "export_application": "a person takes the file along; a program reads the case",
    "set_ceiling": "what bounds all cases is set where all of it is shown",
    **dict.fromkeys(
        ("ask_for_export", "take_export_along"),
        "everything that an authority owns is taken along by a person who proves who they are",
    ),
    **dict.fromkeys(
        (
            "open_endpoint",
            "open_endpoint_of_authority",
            "replace_endpoint",
            "replace_endpoint, of the authority",
            "pause_endpoint",
            "pause_endpoint, of the authority",
            "let_endpoint_go_on",
            "let_endpoint_go_on, of the authority",
            "end_endpoint",
            "end_endpoint, of the authority",
        ),
        "where a program is told is opened by whoever answers for the program",
    ),
    **dict.fromkeys(
        (
            "register_organisation",
            "invite_colleague",
            "remove_colleague",
            "give_mandate",
            "ask_for_vetting",
            "record_mandate",
            "confirm_mandate",
            "invitation",
            "invitation, guessed",
            "withdraw_invitation",
            "withdraw_invitation, of a first person",
            "invitation, of a first person",
            "invite_first_person",
            "invite_first_person, somebody belongs to it",
            "open_service_account",
            "issue_token",
            "end_service_account",
            "rotate_token",
            "revoke_token",
            "revoke_mandate",
            "decide_vetting",
            "withdraw_vetting",
            "office_invitation",
            "office_invitation, guessed",
            "open_office",
            "appoint",
            "appoint_deputy",
            "dismiss",
            "admin:accounts_user_changelist",
            "admin:accounts_user_add",
            "admin:accounts_user_delete",
            "admin:accounts_user_change",
            "admin:accounts_party_add",
            "admin:accounts_party_delete",
            "admin:accounts_party_change",
        ),
        _PEOPLE,
    ),
    **dict.fromkeys(
        (
            "reset_second_factor",
            "account_login",
            "account_signup",
            "account_reset_password",
            "account_logout",
            "account_change_password",
            "mfa_deactivate_totp",
            "mfa_edit_webauthn",
            "mfa_remove_webauthn",
            "mfa_remove_webauthn, the last of whose office needs one",
            "mfa_generate_recovery_codes",
        ),
        _ACCOUNT,
    ),
}

ONLY_FOR_PROGRAMS: Mapping[str, str] = {
    "api_uses": "the page that records a first transfer records this too, with another word in its address",
    "api_cancellations": "as with uses",
    "api_check_file": _PUBLIC,
}

# Where the doors differ, by the act of the API and the visitor, and why.
DIFFERENT: Mapping[tuple[str, str], str] = {
    ("api_open_act", who.OFFICER): "what a holder asks for on paper the desk writes down on its page alone",
    ("api_application", who.UNVETTED): "the page says why nothing may be written; the API knows no such case",
}
