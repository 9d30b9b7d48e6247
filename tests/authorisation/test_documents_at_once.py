"""Two people who add a document at once both keep theirs, as versions of each other."""

import threading

import pytest
from django.db import connections

from authorisation.models import Case, CaseDocument
from authorisation.services import documents
from authorisation.services.documents import Said, Upload
from authorisation.supporting_documents import lines_of
from tests.authorisation.factories import drafted, two_staffs

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_add_at_once_make_two_versions() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    acts = [ours.act() for _thread in range(4)]
    together = threading.Barrier(len(acts))
    added: list[int] = []

    def add(number: int) -> None:
        try:
            together.wait(timeout=30)
            documents.add_document(
                Case.objects.get(pk=case.pk),
                Upload(content=f"minutes {number}".encode(), name="minutes.txt"),
                Said(type="consultation"),
                act=acts[number],
            )
            added.append(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(added) == [0, 1, 2, 3]
    (line,) = lines_of(Case.objects.get(pk=case.pk))
    assert [row.number for row in line.versions] == [4, 3, 2, 1]
    assert CaseDocument.objects.values("document__sha256").distinct().count() == 4
    assert Case.objects.get(pk=case.pk).version == 4
