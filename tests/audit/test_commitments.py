import re

import pytest

from audit.commitments import commit, erase, opens
from audit.models import Salt


@pytest.mark.django_db
def test_a_commitment_opens_for_the_text_it_was_made_to_and_for_no_other() -> None:
    commitment = commit("Ama Mensah")

    assert re.fullmatch("[0-9a-f]{64}", commitment)
    assert opens(commitment, "Ama Mensah") is True
    assert opens(commitment, "ama mensah") is False


@pytest.mark.django_db
def test_two_commitments_to_one_text_cannot_be_told_to_be_of_one_text() -> None:
    assert commit("Ama Mensah") != commit("Ama Mensah")


@pytest.mark.django_db
def test_when_the_salt_is_gone_nobody_can_say_what_was_meant() -> None:
    erased, kept = commit("Ama Mensah", subject="person:1"), commit("Kofi Boateng", subject="person:2")

    assert erase("person:1") == 1
    assert opens(erased, "Ama Mensah") is None
    assert opens(kept, "Kofi Boateng") is True


@pytest.mark.django_db
def test_erasing_for_nobody_erases_nothing() -> None:
    commit("Ama Mensah")

    with pytest.raises(ValueError, match="empty"):
        erase("")

    assert Salt.objects.count() == 1


@pytest.mark.django_db
def test_the_text_itself_is_kept_nowhere() -> None:
    commit("Ama Mensah")

    assert "Ama" not in str(list(Salt.objects.values()))
