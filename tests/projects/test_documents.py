"""Documents are kept under the SHA-256 of their bytes, and nothing changes them."""

import hashlib

import pytest
from django.core.files.storage import storages
from pytest_django.fixtures import Settings

from audit.immutability import RecordIsImmutable
from audit.models import Event
from projects.content_store import BytesLost, ContentStore
from projects.documents import document_bytes, receive_document
from projects.models import Document
from tests.accounts.factories import AT, person, two_authorities
from tests.projects.files import pdf
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db


def test_a_document_comes_back_as_it_was_received_and_the_trail_knows_its_digest() -> None:
    ours, other = two_authorities()
    content = pdf()
    document = receive_document(
        content, authority=ours, name="consent.pdf", media_type="application/pdf",
        received_by=person(), at=AT,
    )  # fmt: skip
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert document_bytes(document) == content
    event = Event.objects.get(action="receive_document")
    assert document.sha256 in event.facts
    assert "consent.pdf" not in event.facts
    assert event.stream == ours.trail_stream
    assert not Document.objects.filter(authority=other).exists()


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "file-empty"), (b"x" * 2000, "file-too-large"), (b"\xff", "file-not-text")]
)
def test_a_file_that_fails_a_check_is_refused_and_leaves_nothing(
    content: bytes, code: str, settings: Settings
) -> None:
    settings.DOCUMENT_MOST_BYTES = 1999
    ours, _other = two_authorities()
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        receive_document(
            content, authority=ours, name="a.txt", media_type="text/plain", received_by=person(), at=AT
        )
    assert [reason.code for reason in refused.value.reasons] == [code]
    assert Document.objects.count() == 0
    assert Event.objects.count() == events


def test_a_basis_makes_a_document_confidential_and_its_bytes_can_never_be_swapped() -> None:
    ours, _other = two_authorities()
    document = receive_document(
        b"prices", authority=ours, name="prices.txt", media_type="text/plain", received_by=person(), at=AT,
        confidentiality_basis="trade secret",
    )  # fmt: skip
    assert document.confidentiality == Document.Confidentiality.CONFIDENTIAL
    document.sha256 = "0" * 64
    with pytest.raises(RecordIsImmutable):
        document.save()


def test_bytes_that_were_changed_in_the_store_are_not_given_back_and_keeping_them_again_mends_it() -> None:
    store = ContentStore("documents")
    sha256 = store.keep(b"the original")
    name = f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    with storages["documents"].open(name, "wb") as file:
        file.write(b"something else")
    with pytest.raises(BytesLost):
        store.fetch(sha256)
    assert store.keep(b"the original") == sha256
    assert store.fetch(sha256) == b"the original"
