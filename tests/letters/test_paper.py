"""Letters on paper: from the choice to the sealed copy; who may do what, and what is refused."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pikepdf
import pytest
from PIL import Image

from accounts.models import Function
from audit.evidence import write_pack
from audit.models import Event
from audit.trail import event_record
from authorisation.models import AuthorisationVersion, Case
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import OfficeRule
from desk import results
from desk.timeline import events_of_case
from letters import certificates, offline, paper, recorded_paper, services, storage, verification
from letters.certificates import certificates_in, trust_roots
from letters.keys import signer_for
from letters.models import Letter
from letters.own_authority import demonstration_authority
from letters.paper import File, Kept, Signed
from letters.scans import pages_of
from letters.signing import sign
from projects.documents import take_in
from tests.authorisation.factories import Staff, content, holder, letter_due, rendered, two_staffs
from tests.letters.papers import (
    confirmed,
    copy_of,
    hand_of,
    issued_on_paper,
    kept_at,
    on_paper,
    picture,
    recorded,
    scan_as,
)
from tests.letters.pdf_tools import text_of
from workflow import outbox
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are stood in for: what a test asks is who may do what, not what a page looks like."""

    def made(*parts: object, **options: object) -> bytes:
        return hashlib.sha256(repr((parts, sorted(options.items()))).encode()).hexdigest().encode()

    for place in (services, paper):
        monkeypatch.setattr(place, "render", made)
    monkeypatch.setattr(paper, "render_copy", made)
    monkeypatch.setattr(paper, "pages_of", lambda files: [file.sha256.encode() for file in files])


def as_it_stands(letter: Letter) -> dict[str, Any]:
    """Everything that an act on paper could have moved."""
    fresh = Letter.objects.get(pk=letter.pk)
    return {
        "state": fresh.state,
        "version": fresh.version,
        "on_paper": fresh.on_paper,
        "signed": fresh.signed_sha256,
        "records": list(fresh.paper_records.values_list("number", "copy_sha256", "check_made__accepted")),
        "custody": list(fresh.custody.values_list("place", "keeper")),
        "case": Case.objects.get(pk=fresh.case_id).state,
    }


def refused(letter: Letter, deed: Callable[[], object]) -> tuple[Kind, list[str]]:
    """Why it was refused, and that it moved nothing."""
    before = as_it_stands(letter)
    with pytest.raises(Refused) as refusal:
        deed()
    assert as_it_stands(letter) == before
    return refusal.value.kind, [reason.code for reason in refusal.value.reasons]


def record_of(of: Staff, letter: Letter, by: Function = Function.DESK_OFFICER, **changes: Any) -> Any:
    given = {
        "signed": [hand_of(of)], "file_number": "", "kept": kept_at(of), "scan": [scan_as("PNG")], **changes,
    }  # fmt: skip
    return lambda: paper.record(letter, act=of.act(by), **given)


# -- the whole way -------------------------------------------------------------------------------------


def test_a_letter_is_signed_by_hand_and_issued_as_a_sealed_copy_of_the_paper() -> None:
    ours, _theirs = two_staffs()
    letter = on_paper(ours, letter_due(ours))
    printed = text_of(storage.fetch(letter.paper_sha256))
    assert "Original on paper: to be signed and dated by hand." in printed
    assert letter.code in printed
    assert letter.number in printed
    written = ours.authority.legal_date(ours.clock.now())
    ours.clock.move_to(ours.clock.now() + timedelta(days=9))
    letter = recorded(ours, letter, signed=[hand_of(ours, written)])
    assert (letter.state, copy_of(letter) != "") == ("signing", True)
    letter = confirmed(ours, letter)
    case = Case.objects.get(pk=letter.case_id)
    assert (letter.state, letter.fault, case.state) == ("issued", "", "granted")
    # The date of the letter is the one that was written, whenever the copy was made.
    issued_on = ours.authority.legal_date(ours.clock.now())
    assert (letter.signed_on, letter.dated, letter.issued_on) == (written, written, issued_on)
    version = AuthorisationVersion.objects.get(case=case)
    assert (version.signed_on, version.effective_on, version.notified_on) == (written, written, issued_on)
    assert (version.letter_sha256, list(letter.seals.values_list("field_name", flat=True))) == (
        letter.signed_sha256, ["authority_seal"],
    )  # fmt: skip
    copied = storage.fetch(letter.signed_sha256)
    said = text_of(copied)
    for words in ("Certified copy", "MIN/2026/77", "Registry of the ministry, shelf 4", "The registrar"):
        assert words in said
    found = verification.verify(copied, clock=ours.clock)
    assert found.in_force
    assert any("on paper at Registry of the ministry, shelf 4" in sentence for sentence in found.sentences)


def test_the_copy_is_genuine_to_the_file_that_stands_alone(settings: Any) -> None:
    ours, _theirs = two_staffs()
    letter = issued_on_paper(ours, letter_due(ours))
    copied = storage.fetch(letter.signed_sha256)
    believed = offline.Believed(
        roots=trust_roots(settings.SIGNING_KEYS_DIR, ours.authority.slug), moment=RealClock().now()
    )
    answer = offline.answer_for(copied, believed)
    assert (answer["answer"], answer["sentences"]) == ("genuine", [])
    assert answer["certified_copy_of_paper"]
    assert answer["attached"].encode() == letter.content.encode()
    assert "A certified copy: the original is on paper, signed by hand." in offline.in_words(answer)
    # Neither cut nor lengthened nor changed.
    for changed in (copied + b"\n\n", copied[:-40], copied.replace(b"/Image", b"/Imagf", 1)):
        assert offline.answer_for(changed, believed)["answer"] == "not genuine"
        assert not verification.verify(changed, clock=ours.clock).genuine


@pytest.mark.proof
def test_a_copy_under_the_key_of_an_office_is_not_taken_for_one_of_the_authority(settings: Any) -> None:
    ours, _theirs = two_staffs()
    letter = recorded(ours, on_paper(ours, letter_due(ours)))
    now = RealClock().now()
    office = str(ours.offices[Function.SIGNER][0].public_id)
    forged = sign(
        storage.fetch(copy_of(letter)),
        field_name=offline.SEAL_FIELD,
        signer=signer_for(authority=ours.authority.slug, office=office, holder="Signer", real_time=now),
        at=now,
        real_time=now,
        fields=(offline.SEAL_FIELD,),
    )
    roots = trust_roots(settings.SIGNING_KEYS_DIR, ours.authority.slug)
    answer = offline.answer_for(forged, offline.Believed(roots=roots, moment=now))
    assert (answer["answer"], [doubt["code"] for doubt in answer["doubts"]]) == ("cannot say", ["not-a-seal"])
    assert verification.verify(forged, clock=ours.clock).answer == "cannot say"


@pytest.mark.proof
def test_the_trail_names_the_scan_the_copy_and_nobody_who_keeps_the_paper(tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    letter = issued_on_paper(ours, letter_due(ours))
    events = {event.action: event for event in Event.objects.filter(stream=letter.trail_stream)}
    scan = letter.paper_records.get().scans.get()
    assert scan.document.sha256 in events["record_paper"].facts
    assert copy_of(letter) in events["present_copy"].facts
    assert copy_of(letter) in events["confirm_paper"].facts
    assert letter.signed_sha256 in events["issue"].facts
    assert "registrar" not in "".join(event.facts for event in events.values())
    assert scan.document.confidentiality == "confidential"
    # Both are in the evidence of the case, each under a digest that an event states.
    files = results._write_letters(Case.objects.get(pk=letter.case_id), tmp_path)
    assert [hashlib.sha256(content).hexdigest() for content in files.values()] == [
        letter.signed_sha256, scan.document.sha256,
    ]  # fmt: skip
    told = [event_record(event) for event in events_of_case(Case.objects.get(pk=letter.case_id))]
    write_pack(tmp_path / "evidence.zip", events=told, files=files)


@pytest.mark.usefixtures("quick")
def test_several_offices_sign_one_paper_in_order() -> None:
    ours, _theirs = two_staffs()
    with two_offices():
        # The procedure chooses paper: nobody has to.
        letter = rendered(letter_due(ours))
        assert (letter.on_paper, letter.paper_sha256 != "") == (True, True)
        first = ours.authority.legal_date(ours.clock.now())
        ours.clock.move_to(ours.clock.now() + timedelta(days=5))
        early, late = hand_of(ours, first, Function.DIRECTOR), hand_of(ours, first + timedelta(days=4))
        assert refused(letter, record_of(ours, letter, signed=[early])) == (Kind.RULE, ["hand-missing"])
        assert refused(letter, record_of(ours, letter, signed=[late, early])) == (
            Kind.RULE, ["hand-not-in-office", "hand-too-early", "hand-not-in-office"],
        )  # fmt: skip
        too_early = [replace(early, written_on=late.written_on), replace(late, written_on=first)]
        assert refused(letter, record_of(ours, letter, signed=too_early)) == (Kind.RULE, ["hand-too-early"])
        letter = recorded(ours, letter, signed=[early, late])
        colleague = holder(ours.offices[Function.DESK_OFFICER][0], "second_officer")
        desk = ours.holding(Function.DESK_OFFICER)
        act = Act(actor=replace(desk, user=colleague), clock=ours.clock)
        paper.confirm(letter, act=act, digest=copy_of(letter), code=letter.code.lower())
        assert paper.written_on(letter) == late.written_on


@contextmanager
def two_offices() -> Iterator[None]:
    """Under a procedure by which the director signs on paper, and then the minister."""
    offices = (OfficeRule(function=Function.DIRECTOR), OfficeRule(function=Function.SIGNER))
    terms = replace(
        BUILT_IN,
        version="test/paper",
        handling={
            kind: replace(way, signing=offices, on_paper=True) for kind, way in BUILT_IN.handling.items()
        },
    )
    with ExitStack() as stack:
        stack.enter_context(patch.dict("authorisation.procedures.SHIPPED", {terms.version: terms}))
        stack.enter_context(
            patch("authorisation.services.applications.procedure_for", lambda authority, on: terms)
        )
        yield


@pytest.mark.usefixtures("quick")
def test_the_offices_are_recorded_one_after_the_other_and_the_record_agrees_with_what_was_noted() -> None:
    ours, theirs = two_staffs()
    desk = Function.DESK_OFFICER
    with two_offices():
        letter = rendered(letter_due(ours))
        first = ours.authority.legal_date(ours.clock.now())
        early = hand_of(ours, first, Function.DIRECTOR)

        def note(place: int, signed: Signed, of: Staff = ours, by: Function = desk) -> Any:
            return lambda: paper.note_hand(letter, act=of.act(by), place=place, signed=signed)

        # In their order, by whoever held the office, not before it happened, and only by the desk here.
        later = hand_of(ours, first + timedelta(days=4))
        assert refused(letter, note(2, later)) == (Kind.RULE, ["hand-out-of-order"])
        assert refused(letter, note(3, later)) == (Kind.RULE, ["hand-out-of-order"])
        assert refused(letter, note(1, later)) == (Kind.RULE, ["hand-ahead", "hand-not-in-office"])
        assert refused(letter, note(1, replace(early, written_on=None))) == (Kind.RULE, ["hand-missing"])
        assert refused(letter, note(1, early, by=Function.DIRECTOR))[0] == Kind.ROLE
        assert refused(letter, note(1, early, of=theirs))[0] in (Kind.ROLE, Kind.UNSEEN)
        note(1, early)()
        assert letter.hand_notes.count() == 1
        # Somebody has signed the paper: it is the original now.
        choose = partial(paper.choose_electronic, letter, act=ours.act(Function.DIRECTOR))
        assert "paper-recorded" in refused(letter, choose)[1]

        ours.clock.move_to(ours.clock.now() + timedelta(days=5))
        too_early = replace(later, written_on=first - timedelta(days=1))
        assert refused(letter, note(2, too_early))[1][0] == "hand-too-early"
        # A note is corrected by the next; both stay.
        note(1, replace(early, written_on=first + timedelta(days=1)))()
        note(2, later)()
        assert list(letter.hand_notes.values_list("place", flat=True)) == [1, 1, 2]
        (event, *_earlier) = Event.objects.filter(action="note_hand").order_by("-sequence")
        assert str(later.person and later.person.public_id) in event.facts
        assert str(later.person and later.person.name) not in event.facts

        assert refused(letter, record_of(ours, letter, signed=[early, later])) == (
            Kind.RULE,
            ["hand-otherwise"],
        )
        letter = recorded(ours, letter, signed=[replace(early, written_on=first + timedelta(days=1)), later])
        assert recorded_paper.last_record(letter) is not None


@pytest.mark.usefixtures("quick")
def test_a_download_is_noted_without_a_name_and_moves_nothing() -> None:
    ours, _theirs = two_staffs()
    letter = recorded(ours, on_paper(ours, letter_due(ours)))
    before = as_it_stands(letter)
    act = ours.act(Function.DIRECTOR)
    paper.note_download(letter, {"document": "x", "type": "scan"}, act=act)
    assert as_it_stands(letter) == before
    event = Event.objects.get(action="download_document")
    assert (event.actor, event.office) == (act.actor.trail_name, act.actor.trail_office)
    assert json.loads(event.facts) == {"document": "x", "type": "scan"}
    assert ours.offices[Function.DIRECTOR][1].name not in event.facts + event.actor


# -- choosing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [one for one in Function if one != Function.DIRECTOR])
@pytest.mark.usefixtures("quick")
def test_only_the_director_chooses_paper_and_back(function: Function) -> None:
    ours, theirs = two_staffs()
    letter = rendered(letter_due(ours))
    for choose in (paper.choose_paper, paper.choose_electronic):
        kind, _codes = refused(letter, partial(choose, letter, act=ours.act(function)))
        assert kind == Kind.ROLE
    kind, _codes = refused(letter, lambda: paper.choose_paper(letter, act=theirs.act(Function.DIRECTOR)))
    assert kind == Kind.UNSEEN


@pytest.mark.usefixtures("quick")
def test_a_letter_has_one_original() -> None:
    ours, _theirs = two_staffs()
    director = Function.DIRECTOR
    letter = on_paper(ours, letter_due(ours))

    def consent() -> object:
        return services.consent(letter, act=ours.act(Function.SIGNER), digest=letter.unsigned_sha256)

    assert refused(letter, consent) == (Kind.RULE, ["on-paper"])
    # Back, while nothing is signed; then the paper is for nobody any more.
    paper.choose_electronic(letter, act=ours.act(director))
    assert refused(letter, record_of(ours, letter)) == (Kind.RULE, ["not-on-paper"])
    again = paper.choose_paper(letter, act=ours.act(director))
    assert refused(letter, lambda: paper.choose_paper(letter, act=ours.act(director)))[1] == ["on-paper"]
    recorded(ours, again)
    assert refused(letter, lambda: paper.choose_electronic(letter, act=ours.act(director)))[1] == [
        "paper-recorded"
    ]
    other = rendered(letter_due(ours, content(request={"volumes_tco2e": {"2026": 1}})))
    services.consent(other, act=ours.act(Function.SIGNER), digest=other.unsigned_sha256)
    assert refused(other, lambda: paper.choose_paper(other, act=ours.act(director)))[1] == ["signed-already"]


# -- recording -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_everything_that_is_missing_is_said_at_once() -> None:
    ours, _theirs = two_staffs()
    letter = on_paper(ours, letter_due(ours))
    nothing = Signed(person=None, office=None, written_on=None)
    kept = Kept(place=" ", keeper="", since=None)
    assert refused(letter, record_of(ours, letter, signed=[nothing], kept=kept, scan=[])) == (
        Kind.RULE, ["hand-missing", "custody-missing", "custody-day-missing", "scan-missing"],
    )  # fmt: skip


@pytest.mark.parametrize("function", [one for one in Function if one != Function.DESK_OFFICER])
@pytest.mark.usefixtures("quick")
def test_only_the_desk_records(function: Function) -> None:
    ours, theirs = two_staffs()
    letter = on_paper(ours, letter_due(ours))
    assert refused(letter, record_of(ours, letter, by=function))[0] == Kind.ROLE
    assert refused(letter, record_of(theirs, letter))[0] == Kind.UNSEEN


@pytest.mark.usefixtures("quick")
def test_the_date_and_the_hand_are_those_of_an_office_that_was_held() -> None:
    ours, theirs = two_staffs()
    letter = on_paper(ours, letter_due(ours))
    day = ours.authority.legal_date(ours.clock.now())
    for signed, codes in (
        (hand_of(ours, day + timedelta(days=2)), ["hand-ahead"]),
        (hand_of(ours, letter.date - timedelta(days=1)), ["hand-too-early", "hand-not-in-office"]),
        (hand_of(ours, day, Function.DECIDER), ["hand-not-in-office"]),
        (hand_of(theirs, day), ["hand-not-in-office"]),
        (replace(hand_of(ours, day), person=ours.applicant), ["hand-not-in-office"]),
    ):
        assert refused(letter, record_of(ours, letter, signed=[signed])) == (Kind.RULE, codes)
    ahead = replace(kept_at(ours), since=day + timedelta(days=2))
    assert refused(letter, record_of(ours, letter, kept=ahead)) == (Kind.RULE, ["custody-day-ahead"])


def written_on_it(pdf: File) -> File:
    """The same scan with a word written over it."""
    with pikepdf.open(io.BytesIO(pdf.content)) as opened:
        page = opened.pages[0]
        page.contents_add(pikepdf.Stream(opened, b"BT /F1 12 Tf (Void) Tj ET"))
        output = io.BytesIO()
        opened.save(output)
    return replace(pdf, content=output.getvalue())


def test_what_is_no_scan_is_refused_with_the_remedy() -> None:
    ours, _theirs = two_staffs()
    letter = on_paper(ours, letter_due(ours))
    scan = scan_as("PDF")
    text = storage.fetch(letter.paper_sha256)
    for wrong, codes in (
        (File(content=b"Nothing.", name="scan.txt"), ["scan-type"]),
        (File(content=scan.content[:-200], name="scan.pdf"), ["file-broken"]),
        (File(content=scan.content, name="scan.png"), ["file-not-what-it-says"]),
        # The file that was to be printed is no paper that was signed.
        (File(content=text, name="scan.pdf"), ["scan-not-pictures"]),
        (written_on_it(scan), ["scan-not-pictures"]),
        (scan_as("PDF", *[picture(size=(20, 28))] * 61), ["scan-too-long"]),
    ):
        assert refused(letter, record_of(ours, letter, scan=[wrong])) == (Kind.RULE, codes)


def test_pictures_become_pages_in_their_order() -> None:
    files = [
        scan_as("PNG", picture(size=(400, 566), mode="RGBA")),
        scan_as("JPEG", picture(size=(3000, 4243), mode="L")),
        scan_as("PDF", picture(mode="1"), picture()),
    ]
    found = []
    for page in pages_of([take_in(file.content, name=file.name) for file in files]):
        with Image.open(io.BytesIO(page), formats=("JPEG",)) as image:
            found.append((image.mode, image.size))
    assert found == [
        ("RGB", (400, 566)), ("L", (1654, 2339)), ("L", (620, 877)), ("RGB", (620, 877)),
    ]  # fmt: skip


# -- comparing -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_four_eyes() -> None:
    ours, theirs = two_staffs()
    letter = recorded(ours, on_paper(ours, letter_due(ours)))
    digest = copy_of(letter)

    def confirming(act: Act, digest: str = digest, code: str = letter.code) -> Callable[[], object]:
        return lambda: paper.confirm(letter, act=act, digest=digest, code=code)

    own = ours.act(Function.DESK_OFFICER)
    assert refused(letter, confirming(own)) == (Kind.RULE, ["four-eyes"])
    director = ours.act(Function.DIRECTOR)
    assert refused(letter, confirming(replace(director, actor=_unproved(director)))) == (Kind.ROLE, ["proof"])
    assert refused(letter, confirming(theirs.act(Function.DIRECTOR)))[0] == Kind.UNSEEN
    for function in (Function.SIGNER, Function.DECIDER, Function.REVIEWER):
        assert refused(letter, confirming(ours.act(function)))[0] == Kind.ROLE
    wrong = confirming(ours.act(Function.DIRECTOR), "0" * 64, "AAAA-AAAA-AAAA")
    assert refused(letter, wrong) == (Kind.RULE, ["other-copy", "other-code"])


def _unproved(act: Act) -> Person:
    assert isinstance(act.actor, Person)
    return replace(act.actor, proof=None)


@pytest.mark.usefixtures("quick")
def test_a_wrong_scan_is_replaced_before_it_is_confirmed_and_never_after() -> None:
    ours, _theirs = two_staffs()
    letter = recorded(ours, on_paper(ours, letter_due(ours)))
    first = copy_of(letter)
    back = paper.send_back(letter, act=ours.act(Function.DIRECTOR), reasons="It is another letter.")
    assert refused(
        back, lambda: paper.confirm(back, act=ours.act(Function.DIRECTOR), digest=first, code=letter.code)
    ) == (Kind.RULE, ["record-returned"])
    assert refused(back, lambda: paper.send_back(back, act=ours.act(Function.DIRECTOR), reasons=" "))[1] == [
        "record-returned", "reasons-missing",
    ]  # fmt: skip
    # Replaced once after it was sent back, and once more by the officer who saw the mistake.
    for text in ("The right one", "Straight"):
        letter = recorded(ours, letter, scan=[scan_as("PNG", picture(text))])
    assert letter.paper_records.count() == 3
    assert refused(
        letter, lambda: paper.confirm(letter, act=ours.act(Function.DIRECTOR), digest=first, code=letter.code)
    ) == (Kind.RULE, ["other-copy"])
    paper.confirm(letter, act=ours.act(Function.DIRECTOR), digest=copy_of(letter), code=letter.code)
    assert refused(letter, record_of(ours, letter)) == (Kind.RULE, ["paper-confirmed"])
    assert refused(
        letter, lambda: services.decline(letter, act=ours.act(Function.SIGNER), reasons="Too late.")
    ) == (Kind.RULE, ["paper-confirmed"])


@pytest.mark.usefixtures("quick")
def test_a_letter_on_paper_can_be_declined_until_it_is_confirmed() -> None:
    ours, _theirs = two_staffs()
    letter = on_paper(ours, letter_due(ours))
    services.decline(letter, act=ours.act(Function.SIGNER), reasons="The Party is misspelt.")
    fresh = Letter.objects.get(pk=letter.pk)
    assert (fresh.state, Case.objects.get(pk=letter.case_id).state) == ("void", "in_decision")
    # A print of it may still lie somewhere.
    paper.hand_over(fresh, act=ours.act(Function.DESK_OFFICER), kept=kept_at(ours, "Shredded", "The desk"))
    assert refused(letter, record_of(ours, letter))[0] == Kind.STATE


# -- sealing -------------------------------------------------------------------------------------------


def test_without_the_key_of_the_authority_the_copy_waits_and_says_so(settings: Any, tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    settings.DEMONSTRATION = False
    settings.SIGNING_KEYS_DIR = tmp_path
    letter = confirmed(ours, recorded(ours, on_paper(ours, letter_due(ours))))
    assert (letter.state, letter.signed_sha256, Case.objects.get(pk=letter.case_id).state) == (
        "failed", "", "letter_due",
    )  # fmt: skip
    assert "key" in letter.fault
    assert refused(
        letter, lambda: services.decline(letter, act=ours.act(Function.SIGNER), reasons="No.")
    ) == (Kind.RULE, ["paper-confirmed"])
    now = RealClock().now()
    demonstration_authority(tmp_path, at=now).issue(
        authority=ours.authority.slug, office=certificates.SEAL, holder="The authority",
        passphrase=settings.SIGNING_PASSPHRASE, at=now,
    )  # fmt: skip
    assert certificates_in(tmp_path / "roots")
    services.retry(letter, act=ours.act(Function.DESK_OFFICER))
    outbox.deliver_due()
    letter = Letter.objects.get(pk=letter.pk)
    assert (letter.state, Case.objects.get(pk=letter.case_id).state) == ("issued", "granted")


@pytest.mark.proof
def test_producing_again_changes_nothing_and_nothing_is_recorded_any_more() -> None:
    ours, _theirs = two_staffs()
    letter = issued_on_paper(ours, letter_due(ours))
    assert refused(letter, record_of(ours, letter))[0] == Kind.STATE
    before = as_it_stands(letter)
    for _again in range(2):
        outbox.enqueue("produce_letter", {"record": str(letter.public_id)}, clock=ours.clock)
        outbox.deliver_due()
    assert as_it_stands(letter) == before


# -- custody -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_every_change_of_keeper_stays_recorded() -> None:
    ours, theirs = two_staffs()
    desk = Function.DESK_OFFICER
    letter = on_paper(ours, letter_due(ours))
    paper.hand_over(letter, act=ours.act(desk), kept=kept_at(ours, "Office of the minister", "The courier"))
    letter = recorded(ours, letter)
    paper.hand_over(letter, act=ours.act(desk), kept=kept_at(ours, "National archive", "The archivist"))
    assert [row.place for row in letter.custody.all()] == [
        "Office of the minister", "Registry of the ministry, shelf 4", "National archive",
    ]  # fmt: skip
    nowhere = Kept(place="", keeper="Nobody", since=date(2026, 3, 2))
    assert refused(letter, lambda: paper.hand_over(letter, act=ours.act(desk), kept=nowhere)) == (
        Kind.RULE, ["custody-missing"],
    )  # fmt: skip
    for of, kind in ((ours, Kind.ROLE), (theirs, Kind.UNSEEN)):
        deed = partial(paper.hand_over, letter, act=of.act(Function.DIRECTOR), kept=kept_at(ours))
        assert refused(letter, deed)[0] == kind
