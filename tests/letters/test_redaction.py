"""The public copy: it says what it leaves out and why, and what is left out is nowhere in it."""

import pytest
from django.test import Client

from accounts.models import Function
from authorisation.models import Case
from authorisation.services import decisions
from letters import storage
from letters.content import Authorisation, Confidential, canonical, digest, parse
from letters.inspection import attached_content
from letters.models import Letter
from letters.redaction import CannotRedact, public_copy
from letters.rendering import render
from tests.authorisation.factories import Staff, content, in_decision, issued, two_staffs
from tests.letters import sample_content as sample
from tests.letters.pdf_tools import text_of
from workflow.refusals import Refused

BASIS = "commercial secret, Carbon Markets Act, section 31"


def partly_confidential(*paths: str) -> Authorisation:
    return sample.authorisation(
        confidential=(Confidential(what="location of the activity", basis=BASIS, paths=paths),)
    )


def test_a_letter_that_is_all_public_has_no_copy() -> None:
    assert public_copy(sample.authorisation()) is None
    assert public_copy(sample.partial_authorisation()) is None
    assert public_copy(sample.receipt()) is None


def test_the_copy_leaves_out_what_is_confidential_and_says_so() -> None:
    letter = partly_confidential("activity.location", "entities[].identification", "conditions[]")
    copied = public_copy(letter)
    assert isinstance(copied, Authorisation)
    assert copied.public_copy_of == digest(letter)
    assert digest(copied) != digest(letter)
    pdf = render(copied)
    assert attached_content(pdf) == canonical(copied)
    assert parse(canonical(copied)) == copied
    shown = text_of(pdf)
    for secret in ("Nakuru, Baringo", "C.114/2019", "999 888 777", "annual monitoring report"):
        assert secret in canonical(letter).decode()
        if secret != "C.114/2019":  # the addressee's own number stands in the opening, and was not withheld
            assert secret not in shown
            assert secret not in canonical(copied).decode()
    assert "Public copy." in shown
    assert shown.count("not published:") >= 3
    assert f"location of the activity – {BASIS}" in shown
    assert b"/AcroForm" not in pdf


@pytest.mark.parametrize("path", ["activity.colour", "ceilings", "uses.uses[]x", "date"])
def test_only_texts_can_be_left_out(path: str) -> None:
    with pytest.raises(CannotRedact, match=path.split(".", maxsplit=1)[0]):
        public_copy(partly_confidential(path))


def granted_with(of: Staff, **unpublished: str) -> Letter:
    given = content(activity={"location": "Sunyani and Techiman"})
    case = decisions.approve(in_decision(of, given), act=of.act(Function.DECIDER), unpublished=unpublished)
    return issued(of, case)


@pytest.mark.django_db
def test_the_public_sees_the_copy_and_never_what_it_leaves_out(client: Client) -> None:
    ours, theirs = two_staffs()
    letter, open_letter = granted_with(ours, location=BASIS), granted_with(theirs)
    assert open_letter.public_sha256 == ""
    place = "Sunyani and Techiman"
    assert place in text_of(storage.fetch(letter.signed_sha256))
    answer = client.get(f"/check/{letter.code}/letter.pdf")
    assert answer.content == storage.fetch(letter.public_sha256)
    assert letter.public_sha256 != letter.signed_sha256
    assert place not in text_of(answer.content)
    assert BASIS in text_of(answer.content)
    assert place.encode() not in attached_content(answer.content)
    page = client.get(f"/check/{letter.code}/").content.decode()
    assert letter.public_sha256[:8] in page
    assert "Download the public copy" in page
    # Of a letter that is all public, anybody has the letter itself.
    assert client.get(f"/check/{open_letter.code}/letter.pdf").content == storage.fetch(
        open_letter.signed_sha256
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("unpublished", "code"), [({"location": "  "}, "A16"), ({"volumes": BASIS}, "always-public")]
)
def test_nothing_is_confidential_without_a_basis_and_volumes_never_are(
    unpublished: dict[str, str], code: str
) -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    with pytest.raises(Refused) as refused:
        decisions.approve(case, act=ours.act(Function.DECIDER), unpublished=unpublished)
    assert [reason.code for reason in refused.value.reasons] == [code]
    assert Case.objects.get(pk=case.pk).state == "in_decision"
    assert not case.letters.exists()
