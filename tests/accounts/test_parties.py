from datetime import date

import pycountry
import pytest

from accounts.models import Party
from accounts.parties import known_parties, load_parties


def test_the_list_holds_every_party_of_the_agreement_past_ones_included() -> None:
    assert len(known_parties()) == 195
    assert {"EUE", "VAT", "PSE", "COK", "NIU", "USA", "TUV"} <= set(known_parties())
    assert not {"IRN", "LBY", "YEM", "TWN", "GRL", "PRI", "HKG"} & set(known_parties())


def test_every_code_is_a_country_or_the_european_union() -> None:
    codes = {country.alpha_3 for country in pycountry.countries}
    assert set(known_parties()) - codes == {"EUE"}


def test_only_the_united_states_have_left() -> None:
    left = {code: record.left_on for code, record in known_parties().items() if record.left_on}
    assert left == {"USA": date(2026, 1, 27)}


def test_who_left_is_a_party_until_the_day_before_and_who_came_is_one_from_the_day_on() -> None:
    america = known_parties()["USA"]
    assert [america.had_left(date(2026, 1, day)) for day in (26, 27, 28)] == [False, True, True]
    assert [america.was_not_yet_one(date(2021, 2, day)) for day in (18, 19, 20)] == [True, False, False]


def test_who_joined_before_2021_and_stayed_is_a_party_on_every_day() -> None:
    ghana = known_parties()["GHA"]
    assert not ghana.was_not_yet_one(date(2021, 1, 1))
    assert not ghana.had_left(date(2100, 1, 1))


@pytest.mark.django_db
def test_the_migration_has_loaded_the_list_and_loading_it_again_changes_nothing() -> None:
    before = list(Party.objects.order_by("pk").values_list("pk", "code", "joined_on", "left_on"))
    assert len(before) == 195
    assert load_parties(Party) == 195
    assert list(Party.objects.order_by("pk").values_list("pk", "code", "joined_on", "left_on")) == before


@pytest.mark.django_db
def test_loading_mends_a_line_that_was_changed_and_one_that_was_lost() -> None:
    Party.objects.filter(code="USA").update(left_on=None)
    Party.objects.filter(code="TUV").delete()
    load_parties(Party)
    assert Party.objects.get(code="USA").left_on == date(2026, 1, 27)
    assert Party.objects.filter(code="TUV").exists()
