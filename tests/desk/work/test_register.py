"""The public register: what it tells of authorisations, how it is searched, and what it never tells."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorisation.models import Case
from desk.register.selectors import PAGE, Search, register
from tests.authorisation import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def _entitled(title: str, *, uses: list[str] | None = None) -> dict[str, object]:
    return make.content(activity={"title": title, "registry_id": title}, request={"uses": uses or ["NDC"]})


def _found(**looked_for: str) -> list[str]:
    return [row.title for row in register(Search(**looked_for), language="en").rows]


def test_the_register_tells_what_was_granted_and_links_to_the_check_of_its_letter() -> None:
    here, _there = make.two_staffs()
    case = Case.objects.get(pk=make.granted(here, _entitled("Composting of market waste")).pk)
    assert case.authorisation is not None
    letter = make.letter_of(case)

    text = (
        Client()
        .get(reverse("register_entry", kwargs={"identifier": case.authorisation.identifier}))
        .content.decode()
    )

    for told in ("Composting of market waste", "in force", "2\u202f100", "Switzerland", "Alpine Buyer"):
        assert told in text, told
    assert reverse("check_code", kwargs={"code": letter.code}) in text
    assert "It authorises nothing" in text


def test_nothing_of_a_case_that_was_not_granted_is_public() -> None:
    here, there = make.two_staffs()
    make.submitted(here, _entitled("Secret of the submitted"))
    make.letter_due(here, _entitled("Secret of the letter due"))
    make.refused(there, _entitled("Secret of the refused"))
    make.withdrawn(there, _entitled("Secret of the withdrawn"))
    shown = Client().get(reverse("register"))

    assert "Secret" not in shown.content.decode()
    assert _found(text="Secret") == []
    for case in Case.objects.exclude(identifier=""):
        address = reverse("register_entry", kwargs={"identifier": case.identifier})
        assert Client().get(address).status_code == 404


def test_what_the_authority_says_to_itself_is_not_public() -> None:
    here, _there = make.two_staffs()
    case = Case.objects.get(pk=make.granted(here).pk)
    assert case.authorisation is not None
    address = reverse("register_entry", kwargs={"identifier": case.authorisation.identifier})
    text = Client().get(address).content.decode()

    for kept in ("It holds.", "As reviewed.", case.reference, here.applicant.email, here.applicant.name):
        assert kept not in text, kept


def test_the_register_is_searched_by_words_party_use_and_state() -> None:
    here, there = make.two_staffs()
    make.granted(here, _entitled("Composting of waste"))
    make.granted(there, _entitled("Kilns for bricks"))

    assert _found() == ["Kilns for bricks", "Composting of waste"]
    assert _found(text="composting waste") == ["Composting of waste"]
    assert _found(text="composting bricks") == []
    assert _found(text=there.organisation.name) == ["Kilns for bricks"]
    assert _found(party=there.authority.party.code, text="composting") == (
        ["Composting of waste"] if there.authority.party.code in ("GHA", "CHE") else []
    )
    assert _found(use="NDC") == ["Kilns for bricks", "Composting of waste"]
    assert _found(use="IMP") == []
    assert _found(state="revoked") == []


def test_a_search_that_cannot_be_read_shows_everything() -> None:
    here, _there = make.two_staffs()
    make.granted(here, _entitled("Composting of waste"))

    answer = Client().get(
        reverse("register"), {"party": "XXX", "use": "'", "state": "eaten", "after": "none"}
    )

    assert answer.status_code == 200
    assert "Composting of waste" in answer.content.decode()


def test_the_register_costs_the_same_however_long_it_is() -> None:
    here, _there = make.two_staffs()
    make.granted(here)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            Client().get(reverse("register"))
        return len(queries)

    with_one = cost()
    for number in range(3):
        make.granted(here, _entitled(f"Composting of waste {number}"))
    assert cost() == with_one
    assert PAGE >= 10
