"""Drawing, producing, signing and declining letters: numbers, refusals, failures, and trying again."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, transaction

from accounts.models import Authority, Function, User
from audit.immutability import RecordIsImmutable
from audit.models import Event
from authorisation.models import Authorisation, Case
from authorisation.services import decisions
from letters import services, storage, verification
from letters.content import parse
from letters.models import Letter
from letters.signing import CannotSign
from letters.typesetting import CannotTypeset
from tests.accounts.factories import DAY
from tests.accounts.factories import person as person_called
from tests.authorisation.factories import (
    Staff,
    content,
    in_decision,
    issued,
    letter_due,
    letter_of,
    rendered,
    signed,
    two_staffs,
    with_applicant,
)
from tests.letters.pdf_tools import text_of
from workflow import outbox
from workflow.actors import Person, Proof
from workflow.clock import RealClock
from workflow.door import Act
from workflow.models import OutboxMessage, Series
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_each_authority_kind_and_year_has_a_series_of_its_own_without_a_gap() -> None:
    ours, theirs = two_staffs()
    first = letter_of(letter_due(ours, content(request={"volumes_tco2e": {"2026": 1}})))
    other = letter_of(letter_due(theirs))
    request = letter_of(with_applicant(ours))
    second = letter_of(letter_due(ours, content(request={"volumes_tco2e": {"2026": 1}})))
    assert [letter.number for letter in (first, other, request, second)] == [
        "GHA-LOA-2026-0001", "VUT-LOA-2026-0001", "GHA-RFC-2026-0001", "GHA-LOA-2026-0002",
    ]  # fmt: skip
    assert len({letter.code for letter in Letter.objects.all()}) == 4
    ours.clock.move_to(ours.clock.now().replace(year=2027))
    assert letter_of(with_applicant(ours)).number == "GHA-RFC-2027-0001"


def test_a_decision_that_falls_takes_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)

    def fail(*arguments: object, **options: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "enqueue", fail)
        with pytest.raises(OSError):  # noqa: PT011 - its class alone matters
            decisions.approve(case, act=ours.act(Function.DECIDER))
    assert not Series.objects.filter(name__startswith="letter:").exists()
    case = decisions.approve(case, act=ours.act(Function.DECIDER))
    assert letter_of(case).number == "GHA-LOA-2026-0001"


def test_the_content_is_frozen_with_the_decision_and_never_changes() -> None:
    ours, _theirs = two_staffs()
    letter = letter_of(letter_due(ours))
    said = parse(letter.content.encode())
    assert hashlib.sha256(letter.content.encode()).hexdigest() == letter.content_sha256
    assert (said.number, said.code, said.date) == (letter.number, letter.code, letter.date)
    assert said.demonstration
    letter.content = letter.content.replace("600", "900")
    with pytest.raises(RecordIsImmutable, match="content"):
        letter.save(update_fields=["content"])
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(number="GHA-LOA-2026-0099")


def test_a_letter_is_signed_as_what_it_was_when_it_was_read() -> None:
    ours, _theirs = two_staffs()
    letter = rendered(letter_due(ours))
    for digest in ("", "0" * 64, letter.content_sha256):
        with pytest.raises(Refused) as refused:
            services.consent(letter, act=ours.act(Function.SIGNER), digest=digest)
        assert codes(refused) == ["other-bytes"]
    assert not letter.signatures.exists()


def test_a_letter_that_is_not_rendered_cannot_be_signed() -> None:
    ours, _theirs = two_staffs()
    letter = letter_of(letter_due(ours))
    with pytest.raises(Refused) as refused:
        services.consent(letter, act=ours.act(Function.SIGNER), digest="")
    assert refused.value.kind == Kind.STATE


@pytest.mark.parametrize("function", [function for function in Function if function != Function.SIGNER])
def test_only_the_signing_office_signs_or_declines(function: Function) -> None:
    ours, theirs = two_staffs()
    letter = rendered(letter_due(ours))
    before = Letter.objects.filter(pk=letter.pk).values("state", "version", "unsigned_sha256").get()
    for of, kind in ((ours, Kind.ROLE), (theirs, Kind.UNSEEN)):
        with pytest.raises(Refused) as refused:
            services.consent(letter, act=of.act(function), digest=letter.unsigned_sha256)
        assert refused.value.kind == kind
        with pytest.raises(Refused) as refused:
            services.decline(letter, act=of.act(function), reasons="No.")
        assert refused.value.kind == kind
    assert Letter.objects.filter(pk=letter.pk).values("state", "version", "unsigned_sha256").get() == before
    assert Case.objects.get(pk=letter.case_id).state == "letter_due"


def test_the_signer_of_the_other_authority_does_not_sign_ours() -> None:
    ours, theirs = two_staffs()
    letter = rendered(letter_due(ours))
    with pytest.raises(Refused) as refused:
        services.consent(letter, act=theirs.act(Function.SIGNER), digest=letter.unsigned_sha256)
    assert refused.value.kind == Kind.UNSEEN
    assert not letter.signatures.exists()


def test_declining_says_why() -> None:
    ours, _theirs = two_staffs()
    letter = letter_of(letter_due(ours))
    with pytest.raises(Refused) as refused:
        services.decline(letter, act=ours.act(Function.SIGNER), reasons="  ")
    assert set(codes(refused)) == {"reasons-missing"}
    assert Letter.objects.get(pk=letter.pk).state == "drawn"


def test_a_letter_declined_before_it_was_rendered_is_never_rendered() -> None:
    ours, _theirs = two_staffs()
    letter = letter_of(letter_due(ours))
    services.decline(letter, act=ours.act(Function.SIGNER), reasons="A wrong name.")
    outbox.deliver_due()
    kept = Letter.objects.get(pk=letter.pk)
    assert (kept.state, kept.unsigned_sha256, kept.signed_sha256) == ("void", "", "")
    assert not OutboxMessage.objects.filter(delivered_at__isnull=True).exists()


def test_a_letter_declined_after_it_was_signed_is_never_sealed() -> None:
    ours, _theirs = two_staffs()
    letter = signed(ours, letter_due(ours))
    services.decline(letter, act=ours.act(Function.SIGNER), reasons="On reflection.")
    outbox.deliver_due()
    kept = Letter.objects.get(pk=letter.pk)
    assert (kept.state, kept.signed_sha256) == ("void", "")
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize(
    ("where", "fault"),
    [("render", CannotTypeset(["A letter of the alphabet is missing."])), ("sign", CannotSign(["No."]))],
    ids=["rendering", "sealing"],
)
def test_what_cannot_be_produced_says_so_and_can_be_tried_again(
    where: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = two_staffs()
    case = letter_due(ours)
    if where == "sign":
        signed(ours, case)

    def fail(*arguments: object, **options: object) -> bytes:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(services, where, fail)
        outbox.deliver_due()
    letter = letter_of(case)
    assert letter.state == "failed"
    assert letter.fault
    assert letter.came_from == ("drawn" if where == "render" else "signing")
    with pytest.raises(Refused):
        services.retry(letter, act=theirs.act(Function.DESK_OFFICER))
    with pytest.raises(Refused):
        services.retry(letter, act=ours.act())

    assert services.retry(letter, act=ours.act(Function.DESK_OFFICER)).state == letter.came_from
    if where == "render":
        signed(ours, case)
    outbox.deliver_due()
    letter = letter_of(case)
    assert (letter.state, letter.number) == ("issued", "GHA-LOA-2026-0001")
    assert Authorisation.objects.count() == 1


def test_without_a_key_there_is_no_letter(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    signed(ours, case)
    settings.DEMONSTRATION = False
    settings.SIGNING_KEYS_DIR = tmp_path
    outbox.deliver_due()
    letter = letter_of(case)
    assert (letter.state, letter.signed_sha256) == ("failed", "")
    assert letter.fault
    assert Case.objects.get(pk=case.pk).state == "letter_due"
    assert not Authorisation.objects.exists()
    assert settings.SIGNING_PASSPHRASE not in letter.fault


@pytest.mark.parametrize("harm", ["lost", "changed"])
def test_bytes_lost_before_sealing_are_noticed_and_made_anew(harm: str) -> None:
    """What the offices consented to is gone: no other bytes are sealed in their place."""
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    letter = signed(ours, case)
    store: Any = storages["letters"]
    (name,) = (
        name
        for folder in store.listdir("")[0]
        for inner in store.listdir(folder)[0]
        for file in store.listdir(f"{folder}/{inner}")[1]
        if letter.unsigned_sha256 in (name := f"{folder}/{inner}/{file}")
    )
    path = Path(store.path(name))
    original = path.read_bytes()
    path.chmod(0o600)
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(original.replace(b"%PDF-1.", b"%PDF-2.", 1) + b"\n")
    outbox.deliver_due()
    kept = letter_of(case)
    assert (kept.state, kept.signed_sha256) == ("failed", "")
    assert storage.keep(original) == letter.unsigned_sha256
    services.retry(kept, act=ours.act(Function.SIGNER))
    outbox.deliver_due()
    assert letter_of(case).state == "issued"


def test_producing_again_what_is_done_changes_nothing() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    letter = issued(ours, case)
    events = Event.objects.count()
    OutboxMessage.objects.update(delivered_at=None, due_at=RealClock().now())
    assert outbox.deliver_due() >= 2
    assert letter_of(case).signed_sha256 == letter.signed_sha256
    assert Event.objects.count() == events
    assert Authorisation.objects.count() == 1


def test_a_letter_not_yet_issued_is_not_genuine() -> None:
    ours, _theirs = two_staffs()
    letter = signed(ours, letter_due(ours))
    found = verification.verify(storage.fetch(letter.unsigned_sha256), clock=RealClock())
    assert not found.genuine
    assert "The letter is not signed." in found.sentences
    assert verification.by_code(letter.code, clock=RealClock()) is None


def test_the_issued_letter_bears_its_dates_and_names_who_signed_by_office_and_proof() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    decided = letter_of(case).date
    rendered(case)
    ours.clock.move_to(ours.clock.now().replace(day=20))
    letter = issued(ours, case)
    version = Authorisation.objects.get().versions.get()
    signature = letter.signatures.get()
    assert letter.date == version.decided_on == decided
    assert letter.signed_on == version.signed_on == version.effective_on == signature.consented_on
    assert letter.signed_on is not None
    assert letter.signed_on > decided
    assert signature.office == ours.offices[Function.SIGNER][0]
    assert (signature.proved_by, signature.unsigned_sha256) == ("totp", letter.unsigned_sha256)
    issue = Event.objects.get(stream=letter.trail_stream, action="issue")
    assert json.loads(issue.facts)["seals"] == {"Signature1": letter.seals.get().fingerprint}


def test_nothing_personal_stands_in_the_trail() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    issued(ours, case)
    written = " ".join(
        f"{event.actor} {event.office} {event.facts} {event.reason}" for event in Event.objects.all()
    )
    for _office, person in ours.offices.values():
        assert person.name not in written
        assert person.email not in written
    assert ours.applicant.name not in written
    assert ours.applicant.email not in written


def test_an_act_on_a_letter_needs_an_office_named() -> None:
    ours, _theirs = two_staffs()
    letter = rendered(letter_due(ours))
    with pytest.raises(Refused) as refused:
        services.consent(
            letter, act=Act(actor=ours.applying(), clock=ours.clock), digest=letter.unsigned_sha256
        )
    assert refused.value.kind == Kind.ROLE


# -- in somebody's stead ---------------------------------------------------------------------------


def deputy_for_the_signer(of: Staff) -> tuple[User, str]:
    """Somebody who holds the signing office in its holder's stead for a month, and the holder's name."""
    held, principal = of.offices[Function.SIGNER]
    deputy = person_called("deputy@gha.example", name="Dede Deputy")
    own = held.tenures.get(person=principal)
    held.tenures.create(person=deputy, starts_on=DAY, ends_on=DAY + timedelta(days=30), deputy_of=own)
    return deputy, principal.name


def acting(of: Staff, signer: User) -> Act:
    office, _principal = of.offices[Function.SIGNER]
    proof = Proof(method="totp", at=of.clock.now())
    return Act(actor=Person(user=signer, office=office, proof=proof), clock=of.clock)


@pytest.mark.parametrize(("language", "words"), [("en", "deputy for"), ("fr", "en suppléance de")])
def test_a_letter_drawn_in_an_absence_names_the_deputy_and_in_whose_stead_they_sign(
    language: str, words: str
) -> None:
    ours, _theirs = two_staffs()
    Authority.objects.filter(pk=ours.authority.pk).update(languages=[language])
    ours.authority.refresh_from_db()
    deputy, absent = deputy_for_the_signer(ours)
    letter = rendered(letter_due(ours))
    (signatory,) = parse(letter.content.encode()).signatories
    assert (signatory.person_name, signatory.deputy_for) == ("Dede Deputy", absent)

    services.consent(letter, act=acting(ours, deputy), digest=letter.unsigned_sha256)
    outbox.deliver_due()

    text = text_of(storage.fetch(letter_of(letter.case).signed_sha256))
    # Below the field, and in the stamp of the signature.
    assert text.count(f"{words} {absent}") == 2


def test_a_deputy_appointed_after_the_letter_was_drawn_signs_under_their_own_name() -> None:
    ours, _theirs = two_staffs()
    letter = rendered(letter_due(ours))
    (signatory,) = parse(letter.content.encode()).signatories
    deputy, absent = deputy_for_the_signer(ours)
    assert (signatory.person_name, signatory.deputy_for) == (absent, None)
    assert "deputy_for" not in letter.content

    services.consent(letter, act=acting(ours, deputy), digest=letter.unsigned_sha256)
    outbox.deliver_due()

    text = text_of(storage.fetch(letter_of(letter.case).signed_sha256))
    assert text.count("Dede Deputy") >= 1
    assert text.count(f"deputy for {absent}") == 1
