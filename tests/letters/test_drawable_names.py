"""A signature whose names no font draws: said before anybody signs, and on the page, not when all have."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Function
from audit.models import Event
from letters import paper, services
from letters.certificates import SEAL
from letters.keys import names_in_certificate
from letters.models import Letter, Signature
from tests.authorisation.factories import Staff, issued, letter_due, letter_of, rendered, two_staffs
from tests.desk.work.people import browser_of
from tests.letters.papers import copy_of, on_paper, recorded
from tests.letters.pki import PASSPHRASE, national_key
from workflow import outbox
from workflow.clock import RealClock
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db
# A hieroglyph: of the scripts in which people write their names no font here has it.
UNDRAWABLE = "Ama 𓀀 Mensah"


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Path:
    """An installation whose keys a ministry provides."""
    settings.DEMONSTRATION = False
    settings.SIGNING_KEYS_DIR = tmp_path / "keys"
    settings.SIGNING_PASSPHRASE = PASSPHRASE
    return tmp_path / "keys"


def provide(keys: Path, of: Staff, office: str, holder: str) -> None:
    national_key(keys, authority=of.authority.slug, office=office, holder=holder, at=RealClock().now())


def of_the_signer(of: Staff) -> str:
    return str(of.offices[Function.SIGNER][0].public_id)


def test_it_is_refused_before_the_first_signature_with_the_remedy(keys: Path) -> None:
    ours, theirs = two_staffs()
    letter = rendered(letter_due(ours))
    provide(keys, ours, of_the_signer(ours), UNDRAWABLE)
    before = Event.objects.filter(action="consent").count()
    with pytest.raises(Refused) as refused:
        services.consent(letter, act=ours.act(Function.SIGNER), digest=letter.unsigned_sha256)
    assert refused.value.kind is Kind.RULE
    (reason,) = refused.value.reasons
    assert reason.code == "signature-undrawable"
    assert "𓀀 (U+13000)" in str(reason)
    assert "LETTER_FONT_DIR" in str(reason.mend)
    assert Signature.objects.count() == 0
    assert Event.objects.filter(action="consent").count() == before
    assert Letter.objects.get(pk=letter.pk).state == "signing"

    # The page says so before anybody presses anything.
    page = (
        browser_of(ours, Function.SIGNER)
        .get(reverse("signing", kwargs={"public_id": letter.public_id}))
        .content.decode()
    )
    assert "U+13000" in page
    assert "LETTER_FONT_DIR" in page
    assert reverse("signing_act", kwargs={"public_id": letter.public_id, "step": "consent"}) not in page

    # Another certificate, and it is signed and sealed; the other authority was never held up.
    provide(keys, ours, of_the_signer(ours), "Ama Mensah")
    services.consent(letter, act=ours.act(Function.SIGNER), digest=letter.unsigned_sha256)
    outbox.deliver_due()
    assert letter_of(letter.case).state == "issued"
    provide(keys, theirs, of_the_signer(theirs), "Leila Bong")
    assert issued(theirs, letter_due(theirs)).state == "issued"


def test_without_a_certificate_nothing_is_said_before_and_the_sealing_says_it(keys: Path) -> None:
    ours, _theirs = two_staffs()
    assert names_in_certificate(authority=ours.authority.slug, office=of_the_signer(ours)) == ()
    letter = issued(ours, letter_due(ours))
    assert letter.state == "failed"
    assert "There is no signing key" in letter.fault


def test_the_seal_of_a_certified_copy_is_looked_at_before_paper_is_chosen_and_before_it_is_confirmed(
    keys: Path,
) -> None:
    ours, _theirs = two_staffs()
    letter = rendered(letter_due(ours))
    provide(keys, ours, SEAL, UNDRAWABLE)
    with pytest.raises(Refused) as refused:
        paper.choose_paper(letter, act=ours.act(Function.DIRECTOR))
    assert [reason.code for reason in refused.value.reasons] == ["signature-undrawable"]
    assert not Letter.objects.get(pk=letter.pk).on_paper

    provide(keys, ours, SEAL, "Authority for Carbon Markets")
    letter = recorded(ours, on_paper(ours, letter.case))
    provide(keys, ours, SEAL, UNDRAWABLE)
    with pytest.raises(Refused) as refused:
        paper.confirm(letter, act=ours.act(Function.DIRECTOR), digest=copy_of(letter), code=letter.code)
    assert [reason.code for reason in refused.value.reasons] == ["signature-undrawable"]
