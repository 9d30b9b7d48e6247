"""Terms compared: `withheld` names every point in which less is granted, and nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorisation.application import ApplicationContent
from authorisation.terms import EntityTerms, Terms, asked_for, withheld
from tests.authorisation.factories import content as application

_TONNES = st.integers(0, 20)
_DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 6))
_ENTITIES = st.lists(
    st.builds(
        EntityTerms,
        name=st.sampled_from("AB"),
        country=st.sampled_from(["GHA", "CHE"]),
        roles=st.lists(st.sampled_from(["seller", "acquirer"]), unique=True).map(tuple),
    ),
    max_size=3,
    unique_by=lambda entity: (entity.name, entity.country),
).map(tuple)
TERMS = st.builds(
    Terms,
    uses=st.lists(st.sampled_from(["NDC", "IMP", "OP"]), unique=True).map(tuple),
    imp=st.lists(st.sampled_from(["CORSIA 1", "CORSIA 2"]), unique=True).map(tuple),
    volumes=st.none() | st.dictionaries(st.integers(2026, 2028), _TONNES, min_size=1),
    total=st.none() | _TONNES,
    outcomes_from=_DAYS,
    outcomes_to=_DAYS,
    last_use_on=_DAYS,
    parties=st.lists(st.sampled_from(["GHA", "CHE", "SWE"]), unique=True).map(tuple),
    entities=_ENTITIES,
)


def points(asked: Terms, granted: Terms) -> set[tuple[str, str]]:
    return {(difference.what, difference.key) for difference in withheld(asked, granted)}


def less_volume(asked: Terms, granted: Terms) -> bool:
    """Whether some vintage, or all of them together, may hold less than was asked for. Written anew."""
    by_vintage = granted.volumes is not None and any(
        granted.volumes.get(vintage, 0) < tonnes for vintage, tonnes in (asked.volumes or {}).items()
    )
    together = granted.volume is not None and (asked.volume is None or granted.volume < asked.volume)
    total = asked.total is not None and granted.total is not None and granted.total < asked.total
    return by_vintage or together or total


@given(TERMS)
def test_nothing_is_withheld_where_all_is_granted(terms: Terms) -> None:
    assert withheld(terms, terms) == []


@given(TERMS, TERMS)
def test_a_lower_volume_is_always_named_and_only_a_lower_one(asked: Terms, granted: Terms) -> None:
    named = {what for what, _key in points(asked, granted)} & {"volume", "total"}
    assert bool(named) == less_volume(asked, granted)


@given(TERMS, TERMS)
def test_every_other_point_is_named_exactly_where_it_is_missing(asked: Terms, granted: Terms) -> None:
    found = points(asked, granted)
    assert {key for what, key in found if what == "use"} == set(asked.uses) - set(granted.uses)
    assert {key for what, key in found if what == "purpose"} == set(asked.imp) - set(granted.imp)
    assert {key for what, key in found if what == "Party"} == set(asked.parties) - set(granted.parties)
    kept = {(entity.name, entity.country): set(entity.roles) for entity in granted.entities}
    short = {
        entity.name
        for entity in asked.entities
        if (entity.name, entity.country) not in kept or set(entity.roles) - kept[entity.name, entity.country]
    }
    assert {key for what, key in found if what in ("entity", "role")} == short
    later = granted.outcomes_from is not None and (
        asked.outcomes_from is None or granted.outcomes_from > asked.outcomes_from
    )
    assert (("period", "outcomes_from") in found) == later
    for name in ("outcomes_to", "last_use_on"):
        wanted, given_day = getattr(asked, name), getattr(granted, name)
        earlier = given_day is not None and (wanted is None or given_day < wanted)
        assert (("period", name) in found) == earlier


@given(TERMS, TERMS)
def test_what_withholds_nothing_leaves_every_use_and_volume_that_was_asked_for(
    asked: Terms, granted: Terms
) -> None:
    if withheld(asked, granted):
        return
    assert set(asked.uses) <= set(granted.uses)
    if asked.volume is not None:
        assert granted.volume is None or granted.volume >= asked.volume
    else:
        assert granted.volume is None


@given(TERMS, st.integers(2026, 2028), st.integers(1, 20))
def test_every_tonne_taken_from_a_vintage_is_named(terms: Terms, vintage: int, tonnes: int) -> None:
    asked = terms.model_copy(update={"volumes": {**(terms.volumes or {}), vintage: tonnes}})
    assert asked.volumes is not None
    less = asked.model_copy(update={"volumes": {**asked.volumes, vintage: tonnes - 1}})
    assert ("volume", str(vintage)) in points(asked, less)


@given(TERMS)
def test_terms_come_back_from_their_canonical_text(terms: Terms) -> None:
    assert Terms.model_validate_json(terms.canonical()) == terms
    assert Terms.model_validate(terms.as_json()) == terms


@pytest.mark.parametrize(
    ("volumes", "total", "volume"),
    [(None, None, None), ({2026: 5, 2027: 6}, None, 11), (None, 7, 7), ({2026: 5}, 3, 3), ({2026: 5}, 9, 5)],
)
def test_of_all_ceilings_that_are_given_the_lowest_holds(
    volumes: dict[int, int] | None, total: int | None, volume: int | None
) -> None:
    assert Terms(volumes=volumes, total=total).volume == volume


def test_the_terms_of_an_application_are_what_it_asks_for_and_an_applicant_is_not_authorised() -> None:
    terms = asked_for(ApplicationContent.model_validate(application()))
    assert (terms.uses, terms.volumes, terms.total) == (("NDC",), {2026: 600, 2027: 1500}, None)
    assert (terms.outcomes_from, terms.outcomes_to) == (date(2026, 1, 1), date(2028, 12, 31))
    assert [(entity.name, entity.roles) for entity in terms.entities] == [
        ("Stoves Ltd", ("seller",)),
        ("Alpine Buyer", ("acquirer",)),
    ]
    assert terms.parties == ("GHA", "CHE")


def test_an_empty_application_asks_for_nothing() -> None:
    assert asked_for(ApplicationContent()) == Terms()
