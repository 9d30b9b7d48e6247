"""Rows of the matrix: cases and letters, as those who apply and those who decide have them."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Function
from authorisation.models import Case
from authorisation.services import documents
from desk.casework.views import WORK
from desk.deciding.views import DEEDS
from desk.notices.models import Notice
from desk.paper.views import STROKES as ON_PAPER
from desk.signing.views import STROKES
from letters.models import Scan
from tests.authorisation.bodies import ONE
from tests.desk.access import visitors as who
from tests.desk.access.rows import (
    CONFLICT,
    DONE,
    HIDDEN,
    MISTAKEN,
    NO_SUCH_METHOD,
    PAGE,
    REFUSED,
    SHOW_AGAIN,
    Answers,
    Row,
    Sent,
)
from tests.desk.access.world import World
from tests.desk.filling import form_on
from tests.letters.papers import scan_as


def _case(name: str, /, **more: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": world.cases[name].public_id, **more}


def _letter(name: str, /, **more: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": world.letters[name].public_id, **more}


# -- those who apply ---------------------------------------------------------------------------------

_APPLICATION: Answers = {PAGE: who.WRITERS, REFUSED: who.HERE | {who.UNVETTED}}
_WRITING: Answers = {DONE: who.WRITERS, REFUSED: who.HERE | {who.UNVETTED}}


def _form_at(name: str, situation: str, **typed: Any) -> Callable[[World, str], Sent]:
    """What the applicant's form would send, whoever sends it."""

    def sent(world: World, visitor: str) -> Sent:
        address = reverse(name, kwargs={"public_id": world.cases[situation].public_id})
        said = {name: value() if callable(value) else value for name, value in typed.items()}
        return {**form_on(world.page(who.APPLICANT, address), address), **said}

    return sent


def _receipt() -> SimpleUploadedFile:
    return SimpleUploadedFile("paid.txt", b"What was paid.", content_type="text/plain")


def _opening(world: World, visitor: str) -> Sent:
    return {
        "authority": str(world.here.authority.public_id),
        "organisation": str(world.here.organisation.public_id),
        "kind": "consolidated",
        "title": "Stoves in a third valley",
    }


def _document(world: World, visitor: str) -> Sent:
    return {
        **_form_at("application_documents", "draft")(world, visitor),
        "type": "other",
        "title": "A map",
        "file": SimpleUploadedFile("map.txt", b"Where the stoves are.", content_type="text/plain"),
    }


def _document_of(name: str) -> Callable[[World], Mapping[str, Any]]:
    """The address about a document that the applicant has added."""

    def at(world: World) -> Mapping[str, Any]:
        added = documents.add_document(
            world.cases[name],
            documents.Upload(content=b"Where the stoves are.", name="map.txt", declared="text/plain"),
            documents.Said(type="other", title="A map"),
            act=world.here.act(),
        )
        return {"public_id": added.public_id, "document": added.documents.get().document.public_id}

    return at


def _file_of(name: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": _document_of(name)(world)["document"]}


def _notice(world: World) -> Notice:
    """One that the applicant was given and has not read."""
    return Notice.objects.filter(person=world.people[who.APPLICANT], read_at__isnull=True)[0]


OF_APPLICANTS = [
    Row(name="cases", get={PAGE: who.SIGNED_IN}),
    Row(
        name="new_application",
        get={PAGE: who.SIGNED_IN},
        # Those who represent nobody are not offered the organisation; one whom no authority has let in is,
        # and is told why not.
        post={DONE: who.WRITERS, REFUSED: {who.UNVETTED}, MISTAKEN: who.others(who.REPRESENTING)},
        sends=_opening,
    ),
    *(
        Row(name="case", situation=name, at=_case(name), get={PAGE: who.KNOWING})
        for name in ("draft", "questioned", "letter_due", "granted")
    ),
    Row(
        name="case",
        situation="of the other authority",
        at=_case("there"),
        get={PAGE: who.THERE | {who.APPLICANT_THERE}},
    ),
    Row(name="application", at=_case("draft"), get=_APPLICATION),
    Row(
        name="application",
        situation="not open",
        at=_case("in_review"),
        get={DONE: who.WRITERS, REFUSED: who.HERE | {who.UNVETTED}},
    ),
    Row(
        name="application_section",
        at=_case("draft", name="activity"),
        get=_APPLICATION,
        post=_WRITING,
        sends=lambda world, visitor: {"activity.title": "Stoves, told anew"},
    ),
    Row(
        name="application_section",
        situation="with the authority",
        at=_case("submitted", name="activity"),
        get={DONE: who.WRITERS, REFUSED: who.HERE | {who.UNVETTED}},
        post={CONFLICT: who.WRITERS, REFUSED: who.HERE | {who.UNVETTED}},
        sends=lambda world, visitor: {"activity.title": "Stoves, told anew"},
    ),
    Row(
        name="application_check",
        at=_case("draft"),
        get=_APPLICATION,
        post=_WRITING,
        sends=_form_at("application_check", "draft", declared="yes"),
    ),
    Row(
        name="application_answer",
        at=_case("questioned"),
        get=_APPLICATION,
        post=_WRITING,
        sends=_form_at("application_answer", "questioned", **{"answer-1": "By hand."}),
    ),
    Row(
        name="application_hearing",
        at=_case("noticed"),
        get=_APPLICATION,
        post=_WRITING,
        sends=_form_at("application_hearing", "noticed", statement="They were counted."),
    ),
    Row(
        name="application_appeal",
        at=_case("refused"),
        get=_APPLICATION,
        post=_WRITING,
        sends=_form_at("application_appeal", "refused", grounds="The stoves last longer."),
    ),
    Row(
        name="application_withdraw",
        at=_case("submitted"),
        get=_APPLICATION,
        post=_WRITING,
        sends=_form_at("application_withdraw", "submitted", reason="Sold."),
    ),
    Row(
        name="application_documents",
        at=_case("draft"),
        get=_APPLICATION,
        post=_WRITING,
        sends=_document,
    ),
    Row(
        name="application_document_remove",
        at=_document_of("draft"),
        get={NO_SUCH_METHOD: who.SIGNED_IN},
        post=_WRITING,
        sends=lambda world, visitor: {
            "seen": Case.objects.get(pk=world.cases["draft"].pk).version,
            "key": uuid4(),
        },
    ),
    Row(
        name="application_fees",
        at=_case("owing"),
        get=_APPLICATION,
        post=_WRITING,
        sends=_form_at("application_fees", "owing", reference="TX 2", file=_receipt),
    ),
    Row(name="fee_notice", at=_case("owing", number=1), get={PAGE: who.KNOWING}),
    Row(name="fee_notice", situation="not asked for", at=_case("draft", number=1), get={}),
    # Every download is written down.
    Row(name="document_file", at=_file_of("draft"), get={PAGE: who.KNOWING}, notes=True),
    Row(name="notices", get={PAGE: who.SIGNED_IN}),
    Row(
        name="notices_mark",
        get={NO_SUCH_METHOD: who.SIGNED_IN},
        post={DONE: {who.APPLICANT}},
        sends=lambda world, visitor: {"notice": str(_notice(world).public_id)},
    ),
    Row(
        name="notices_preference",
        get={NO_SUCH_METHOD: who.SIGNED_IN},
        post={DONE: who.SIGNED_IN},
    ),
    Row(name="letter_file", at=_letter("granted"), get={PAGE: who.KNOWING}),
    Row(name="letter_file", situation="not issued", at=_letter("letter_due"), get={}),
]


# The pages that are about a letter.
_OF_LETTERS = frozenset({"signing", "paper"})


# -- those who decide --------------------------------------------------------------------------------


def _pressed(page: str, situation: str, step: str, owner: str, **typed: Any) -> Callable[[World, str], Sent]:
    """What the form of a step would send: as its owner's page made it, in the visitor's own office.

    What is typed may depend on the world.
    """

    def sent(world: World, visitor: str) -> Sent:
        about = world.letters if page in _OF_LETTERS else world.cases
        forms = world.forms(owner, reverse(page, kwargs={"public_id": about[situation].public_id}))
        assert step in forms, f"{step} is not offered to the {owner}, only {sorted(forms)}"
        said = {name: value(world) if callable(value) else value for name, value in typed.items()}
        return {**forms[step], "office": world.offices.get(visitor, world.offices[owner]), **said}

    return sent


def _act(
    name: str,
    step: str,
    situation: str,
    *,
    by: frozenset[str],
    asks_again: bool = False,
    about: str = "",
    **typed: Any,
) -> Row:
    """An act that belongs to these people, and to nobody else; `about` tells two rows of a step apart."""
    page = name.removesuffix("_act")
    owner = next(visitor for visitor in sorted(by) if visitor not in who.LATER)
    later = by & who.LATER if asks_again else frozenset()
    at = _letter(situation, step=step) if page in _OF_LETTERS else _case(situation, step=step)
    answers = {DONE: by - later, SHOW_AGAIN: later, REFUSED: who.HERE - by}
    return Row(
        name=name,
        situation=f"{step}, of {about}" if about else step,
        at=at,
        get={NO_SUCH_METHOD: who.SIGNED_IN},
        post=answers,
        sends=_pressed(page, situation, step, owner, **typed),
    )


def _file(world: World) -> SimpleUploadedFile:
    return SimpleUploadedFile("map.txt", b"Where the stoves are.", content_type="text/plain")


def _scan(world: World) -> SimpleUploadedFile:
    file = scan_as("PNG")
    return SimpleUploadedFile(file.name, file.content, content_type="image/png")


def _hand(world: World) -> str:
    """The signer, as the page offers them."""
    office, person = world.here.offices[Function.SIGNER]
    return f"{office.public_id}:{person.public_id}"


_OFFICER, _REVIEWER = frozenset({who.OFFICER}), frozenset({who.REVIEWER})
_PANEL, _CHAIR = frozenset({who.CHAIR, who.MEMBER}), frozenset({who.CHAIR})
ACTS = [
    _act("casework_act", "submit", "on_paper", by=_OFFICER, declared="on"),
    _act("casework_act", "withdraw", "on_paper", by=_OFFICER, reason="Sold."),
    _act(
        "casework_act",
        "add_document",
        "in_review",
        by=_OFFICER,
        type="other",
        title="Another map",
        note="It came by post.",
        file=_file,
    ),
    _act("casework_act", "file", "planned", by=_OFFICER),
    _act("casework_act", "serve_notice", "suspending", by=_OFFICER),
    _act(
        "casework_act",
        "suspend_at_once",
        "suspending",
        by=who.DIRECTORS,
        urgency="Units are being sold twice.",
    ),
    _act("casework_act", "discontinue", "suspending", by=_OFFICER, reasons="It was a mistake."),
    _act("casework_act", "remove_document", "on_paper", by=_OFFICER),
    _act("casework_act", "judge_document", "submitted", by=_OFFICER, verdict="accepted"),
    _act("casework_act", "hand_in_proof", "owing", by=_OFFICER, reference="TX 3", file=_file),
    _act("casework_act", "judge_proof", "proved", by=_OFFICER, verdict="accepted"),
    # From this fee the desk exempts; where a procedure says so, a director or a deciding office does.
    Row(
        name="casework_act",
        situation="exempt_from_fee",
        at=_case("owing", step="exempt_from_fee"),
        get={NO_SUCH_METHOD: who.SIGNED_IN},
        post={
            DONE: _OFFICER,
            MISTAKEN: who.DIRECTORS | who.DECIDERS,
            REFUSED: who.HERE - _OFFICER - who.DIRECTORS - who.DECIDERS,
        },
        sends=_pressed("casework", "owing", "exempt_from_fee", who.OFFICER, reasons="An existing project."),
    ),
    _act("casework_act", "waive", "incomplete", by=_OFFICER, path="activity.methodology", reason="Measured."),
    _act("casework_act", "return_for_completion", "incomplete", by=_OFFICER),
    _act("casework_act", "accept", "submitted", by=_OFFICER),
    _act("casework_act", "ask", "in_review", by=_OFFICER | _REVIEWER, question_1="How are stoves counted?"),
    _act(
        "casework_act", "give_opinion", "in_review", by=_REVIEWER, verdict="unfavourable", reasons="It leaks."
    ),
    _act("casework_act", "vote", "voting", by=_PANEL, verdict="favourable", reasons="As I read it."),
    _act("casework_act", "take_up_again", "concluded", by=_CHAIR, reasons="A new study is out."),
    _act(
        "casework_act", "recuse", "in_review", by=_OFFICER | _REVIEWER | who.DECIDERS, reasons="It is my own."
    ),
    _act(
        "casework_act",
        "appoint_ad_hoc",
        "recused",
        by=who.DIRECTORS,
        body=ONE.code,
        person=lambda world: str(world.people[who.SIGNER].public_id),
        reasons="For the one who takes no part.",
    ),
    _act("casework_act", "recommend", "reviewed", by=_OFFICER, outcome="approve", reasons="As reviewed."),
    _act("deciding_act", "approve", "in_decision", by=who.DECIDERS, asks_again=True),
    _act(
        "deciding_act",
        "approve_in_part",
        "in_decision",
        by=who.DECIDERS,
        asks_again=True,
        volume_2026="500",
        reasons="Part of the baseline is not shown.",
    ),
    _act(
        "deciding_act", "refuse", "in_decision", by=who.DECIDERS, asks_again=True, reasons="Not additional."
    ),
    _act("deciding_act", "send_back", "in_decision", by=who.DECIDERS, reasons="Ask about permanence."),
    _act("signing_act", "consent", "letter_due", by=who.SIGNERS, asks_again=True),
    _act("signing_act", "decline", "letter_due", by=who.SIGNERS, reasons="The Party is misspelt."),
    _act("signing_act", "retry", "failed", by=who.SIGNERS | _OFFICER),
    _act("paper_act", "choose_paper", "letter_due", by=who.DIRECTORS),
    _act("paper_act", "choose_electronic", "to_print", by=who.DIRECTORS),
    _act(
        "paper_act",
        "note_hand",
        "to_print",
        by=_OFFICER,
        hand=lambda world: f"1:{_hand(world)}",
        written_on=lambda world: world.today,
    ),
    _act(
        "paper_act",
        "record_paper",
        "to_print",
        by=_OFFICER,
        hand_1=_hand,
        written_1=lambda world: world.today,
        since=lambda world: world.today,
        place="Registry",
        keeper="The registrar",
        scan=_scan,
    ),
    _act(
        "paper_act",
        "confirm_paper",
        "to_compare",
        by=who.DIRECTORS | _OFFICER,
        asks_again=True,
        code=lambda world: world.letters["to_compare"].code,
    ),
    _act("paper_act", "return_paper", "to_compare", by=who.DIRECTORS | _OFFICER, reasons="Another letter."),
    _act(
        "paper_act",
        "hand_over",
        "to_print",
        by=_OFFICER,
        since=lambda world: world.today,
        place="On its way",
        keeper="The courier",
    ),
]


def _minutes(world: World) -> Mapping[str, Any]:
    """The address of the minutes that the panel attached to its opinion."""
    case = world.cases["concluded"]
    return {"public_id": case.public_id, "sha256": case.opinions.get().minutes_document}


def _scan_of(name: str, letter: str = "") -> Callable[[World], Mapping[str, Any]]:
    """The address of the scan of a letter; below another letter, where one is named."""

    def at(world: World) -> Mapping[str, Any]:
        scan = Scan.objects.get(record__letter=world.letters[name])
        return {"public_id": world.letters[letter or name].public_id, "document": scan.document.public_id}

    return at


def _specimen(kind: str, language: str) -> Callable[[World], Mapping[str, Any]]:
    """The address of a letter with placeholders."""
    return lambda world: {"authority": world.here.authority.slug, "kind": kind, "language": language}


# Whose business letters are, before there is one.
_LOOKING = _OFFICER | who.DIRECTORS

OF_THE_AUTHORITY = [
    Row(name="inbox", get={PAGE: who.HERE | who.THERE}),
    Row(name="overdue", get={PAGE: who.HERE | who.THERE}),
    Row(name="budget", get={PAGE: who.HERE | who.THERE}),
    Row(
        name="volumes",
        at=lambda world: {"identifier": world.cases["granted"].identifier},
        get={PAGE: who.KNOWING},
    ),
    Row(
        name="volumes",
        situation="of what is not granted yet",
        at=lambda world: {"identifier": world.cases["letter_due"].identifier},
        get={},
    ),
    Row(name="casework", at=_case("in_review"), get={PAGE: who.HERE}),
    Row(name="deciding", at=_case("in_decision"), get={PAGE: who.HERE}),
    # Every download is written down.
    Row(name="minutes_file", at=_minutes, get={PAGE: who.HERE}, notes=True),
    Row(name="signing", at=_letter("letter_due"), get={PAGE: who.HERE}),
    Row(name="unsigned_file", at=_letter("letter_due"), get={PAGE: who.HERE}),
    Row(name="paper", at=_letter("to_compare"), get={PAGE: who.HERE}),
    Row(name="paper_print", at=_letter("to_print"), get={PAGE: who.HERE}),
    Row(
        name="paper_print", situation="of one that is signed electronically", at=_letter("letter_due"), get={}
    ),
    # Every download of a scan, and of what is made of it, is written down.
    Row(name="paper_copy", at=_letter("to_compare"), get={PAGE: who.HERE}, notes=True),
    Row(name="paper_copy", situation="of one that is not recorded", at=_letter("to_print"), get={}),
    Row(name="paper_scan", at=_scan_of("to_compare"), get={PAGE: who.HERE}, notes=True),
    Row(name="paper_scan", situation="of another letter", at=_scan_of("to_compare", "to_print"), get={}),
    Row(name="preview_styles", get={PAGE: who.SIGNED_IN}),
    Row(name="specimens", get={PAGE: _LOOKING | {who.OFFICER_THERE, who.DIRECTOR_THERE}}),
    Row(name="specimen", at=_specimen("refusal", "en"), get={PAGE: _LOOKING}),
    Row(name="specimen", situation="of no kind", at=_specimen("invoice", "en"), get={}),
    Row(name="specimen", situation="in no language", at=_specimen("refusal", "xx"), get={}),
    Row(name="specimen_look", at=_specimen("refusal", "en"), get={PAGE: _LOOKING}),
    *ACTS,
    _act(
        "deciding_act",
        "approve_in_part",
        "topping_up",
        about="an act",
        by=who.DECIDERS,
        asks_again=True,
        volume_2026="300",
        reasons="Enough for now.",
    ),
    Row(
        name="weigh",
        at=_case("in_decision"),
        get={NO_SUCH_METHOD: who.SIGNED_IN},
        post={PAGE: who.HERE},
        post_rest=HIDDEN,
        sends=_pressed("deciding", "in_decision", "approve_in_part", who.DECIDER, volume_2026="500"),
        keeps=True,
    ),
    *(
        Row(
            name="preview_letter",
            situation=step,
            at=_case("in_decision", step=step),
            get={NO_SUCH_METHOD: who.SIGNED_IN},
            post={PAGE: who.HERE},
            sends=_pressed("deciding", "in_decision", step, who.DECIDER, reasons="For a reason."),
            keeps=True,
        )
        for step, deed in DEEDS.items()
        if deed.outcome is not None
    ),
    *(
        Row(
            name=name,
            situation="of a step that is none",
            at=at,
            get={NO_SUCH_METHOD: who.SIGNED_IN},
            post={HIDDEN: who.SIGNED_IN},
        )
        for name, at in (
            ("casework_act", _case("in_decision", step="conclude")),
            ("deciding_act", _case("in_decision", step="conclude")),
            ("preview_letter", _case("in_decision", step="conclude")),
            ("signing_act", _letter("letter_due", step="issue")),
            ("paper_act", _letter("to_print", step="present_copy")),
        )
    ),
]

# Every act that the pages know must have its row.
STEPS = sorted([*WORK, *DEEDS, *STROKES, *ON_PAPER])
