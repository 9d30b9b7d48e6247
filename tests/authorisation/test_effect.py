"""What an act would do, worked out on plain figures: every type of act, done and refused. No database."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from authorisation import acts
from authorisation.consent import is_read_from_words
from authorisation.effect import Effect, effect_of, letter_of
from authorisation.figures import Above, LineFigures, Standing
from authorisation.terms import EntityTerms, Terms

LETTER = UUID(int=7)
BUYER = EntityTerms(name="Alpine Buyer", country="CHE", roles=("acquirer",))
TERMS = Terms(
    uses=("NDC",),
    volumes={2026: 600, 2027: 1500},
    parties=("KEN", "CHE"),
    entities=(BUYER,),
    change_terms="After notice, for what is not yet first transferred.",
)
# 2026: all issued, of which 400 t left and the host kept 20; 2027: nothing happened yet.
LINES = {
    2026: LineFigures(
        authorised=600, drawn=600, issued=600, first_transferred=400, retained=20, used_or_cancelled=100
    ),
    2027: LineFigures(authorised=1500),
}


def above(held: Mapping[int, int], expected: Mapping[int, int]) -> tuple[Above, ...]:
    vintages = [
        Above(scope="vintage", vintage=vintage, tonnes=tonnes, held=held.get(vintage, 0))
        for vintage, tonnes in expected.items()
    ]
    whole = Above(scope="activity", vintage=None, tonnes=sum(expected.values()), held=sum(held.values()))
    return (*vintages, whole)


EXPECTED = {2026: 1000, 2027: 2000, 2028: 3000}
STANDING = Standing(
    identifier="KEN-AUTH-2026-0001",
    state="in_force",
    version=3,
    letter=LETTER,
    objects="consolidated",
    terms=TERMS,
    lines=LINES,
    methodology="Metered stoves",
    expected=EXPECTED,
    above=above({2026: 600, 2027: 1500}, EXPECTED),
    first_year=2021,
    last_year=2030,
    identifiers=frozenset({"CA0009"}),
)


def effect(standing: Standing = STANDING, **plan: Any) -> Effect:
    return effect_of(standing, acts.read(plan))


def against(standing: Standing = STANDING, **plan: Any) -> list[str]:
    """The codes of all reasons, whose sentences are whole."""
    reasons = effect(standing, **plan).forbidden
    assert all("%(" not in str(reason) + reason.mend_text for reason in reasons)
    return [reason.code for reason in reasons]


def after(found: Effect) -> dict[int, tuple[int, int, int, int]]:
    """Of each line: authorised, drawn, issued, revoked."""
    return {
        line.vintage: (line.after.authorised, line.after.drawn, line.after.issued, line.after.revoked)
        for line in found.lines
    }


def held(found: Effect) -> dict[int | None, tuple[int, int]]:
    return {one.vintage: (one.before, one.after) for one in found.ceilings}


# -- taking back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("type_", "state"), [("revocation", "revoked"), ("surrender", "surrendered")])
def test_all_that_is_not_first_transferred_is_taken_and_the_rest_stands(type_: str, state: str) -> None:
    found = effect(type=type_)
    assert found.forbidden == ()
    assert after(found) == {2026: (420, 420, 420, 180), 2027: (0, 0, 0, 1500)}
    assert [line.uncovered for line in found.lines] == [180, 0]
    assert (found.revoked, found.stands, found.state, found.letter) == (1680, 420, state, type_)
    assert found.terms.volumes == {2026: 420, 2027: 0}
    assert held(found) == {2026: (600, 420), 2027: (1500, 0), 2028: (0, 0), None: (2100, 420)}
    assert found.supersedes == (LETTER,)
    assert found.version == 4
    assert {finding.rule for finding in found.speaks} == {"A12", "A13"}
    assert found.takes_away


def test_of_vintages_named_as_much_is_taken_as_is_not_first_transferred() -> None:
    found = effect(type="revocation", volumes={2026: 200, 2027: 1})
    assert after(found) == {2026: (420, 420, 420, 180), 2027: (1499, 0, 0, 1)}
    assert (found.revoked, found.state) == (181, "in_force")
    assert found.terms.volumes == {2026: 420, 2027: 1499}


def test_where_all_is_first_transferred_a_revocation_is_refused_by_two_rules() -> None:
    gone = {2026: LineFigures(authorised=600, drawn=600, issued=600, first_transferred=600)}
    standing = replace(STANDING, lines=gone, terms=TERMS.model_copy(update={"volumes": {2026: 600}}))
    assert against(standing, type="revocation") == ["A12", "A18"]
    assert against(standing, type="revocation", volumes={2026: 5}) == ["A12", "A18"]
    assert against(standing, type="surrender") == ["A12"]
    used = {2026: replace(gone[2026], used_or_cancelled=600)}
    assert against(replace(standing, lines=used), type="surrender") == ["A12"]


def test_what_is_not_authorised_cannot_be_revoked() -> None:
    assert against(type="revocation", volumes={2028: 5}) == ["not-covered"]
    assert against(type="revocation", volumes={2027: 1501}) == ["more-than-authorised"]


def test_without_a_ceiling_what_is_issued_and_not_gone_is_taken_and_no_more_can_come() -> None:
    lines = {
        2026: LineFigures(capped=False, drawn=300, issued=300, first_transferred=100),
        2027: LineFigures(capped=False),
    }
    terms = TERMS.model_copy(update={"volumes": None})
    standing = replace(STANDING, terms=terms, lines=lines, above=above({2026: 300}, EXPECTED))
    found = effect(standing, type="revocation")
    assert found.forbidden == ()
    assert after(found) == {2026: (0, 100, 100, 200), 2027: (0, 0, 0, 0)}
    assert (found.revoked, found.state) == (200, "revoked")
    assert held(found) == {2026: (300, 100), 2027: (0, 0), 2028: (0, 0), None: (300, 100)}
    gone = {2026: LineFigures(capped=False, drawn=100, issued=100, first_transferred=100)}
    assert effect(replace(standing, lines=gone), type="revocation").forbidden == ()
    assert against(replace(standing, lines=gone), type="revocation", volumes={2026: 5}) == ["A12", "A18"]


def test_of_a_total_over_vintages_is_taken_what_is_not_gone() -> None:
    lines = {
        2026: LineFigures(capped=False, drawn=300, issued=300, first_transferred=100),
        2027: LineFigures(capped=False),
    }
    terms = TERMS.model_copy(update={"volumes": None, "total": 1000})
    standing = replace(STANDING, terms=terms, lines=lines)
    found = effect(standing, type="revocation")
    assert (found.revoked, found.terms.total, found.terms.volume) == (900, 100, 100)
    part = effect(standing, type="revocation", volumes={2026: 250})
    assert (part.revoked, part.terms.total, after(part)[2026]) == (250, 750, (0, 100, 100, 200))
    other = {**lines, 2027: LineFigures(capped=False, drawn=650, issued=650)}
    less = effect(replace(standing, lines=other), type="revocation", volumes={2026: 500})
    assert (less.revoked, less.terms.total) == (250, 750), "what another vintage has taken up stays under it"
    nothing = replace(standing, lines={2027: LineFigures(capped=False)}, terms=terms)
    open_ended = replace(nothing, terms=TERMS.model_copy(update={"volumes": None}))
    assert against(open_ended, type="revocation", volumes={2027: 5}) == ["nothing-changes"]


# -- ceilings up and down --------------------------------------------------------------------------


def test_a_ceiling_falls_to_what_is_named_and_what_is_issued_above_it_is_no_longer_covered() -> None:
    found = effect(type="quantity_down", volumes={2026: 500})
    assert found.forbidden == ()
    assert after(found) == {2026: (500, 500, 500, 0), 2027: (1500, 0, 0, 0)}
    assert (found.revoked, found.letter, found.terms.volumes) == (0, "amendment", {2026: 500, 2027: 1500})
    assert held(found)[2026] == (600, 500)
    assert held(found)[None] == (2100, 2000)


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        ({"type": "quantity_down", "volumes": {2026: 419}}, ["A12"]),
        ({"type": "quantity_down", "volumes": {2026: 50}}, ["A12", "A12"]),
        ({"type": "quantity_down", "volumes": {2026: 600}}, ["not-down"]),
        ({"type": "quantity_down", "volumes": {2028: 5}}, ["not-down"]),
        ({"type": "quantity_up", "volumes": {2026: 600}}, ["not-up"]),
        ({"type": "quantity_up", "volumes": {2026: 1001}}, ["A3"]),
        ({"type": "quantity_up", "volumes": {2032: 10}}, ["A3", "A6"]),
        ({"type": "quantity_up", "volumes": {2020: 10}}, ["A1", "A3", "A6"]),
        ({"type": "top_up", "volumes": {2026: 401}}, ["A3"]),
        ({"type": "top_up", "volumes": {2025: 1}}, ["A3"]),
    ],
)
def test_a_ceiling_that_cannot_be_is_refused(plan: dict[str, Any], codes: list[str]) -> None:
    assert against(**plan) == codes


def test_a_top_up_goes_to_the_last_tonne_that_is_expected() -> None:
    found = effect(type="top_up", volumes={2026: 400, 2028: 3000})
    assert found.forbidden == ()
    assert after(found) == {2026: (1000, 600, 600, 0), 2027: (1500, 0, 0, 0), 2028: (3000, 0, 0, 0)}
    assert held(found) == {2026: (600, 1000), 2027: (1500, 1500), 2028: (0, 3000), None: (2100, 5500)}
    assert not found.takes_away


def test_what_others_hold_of_the_expected_mitigation_cannot_be_had() -> None:
    others = replace(STANDING, above=above({2026: 900, 2027: 1500}, EXPECTED))
    assert against(others, type="top_up", volumes={2026: 101}) == ["A3"]
    assert against(others, type="top_up", volumes={2026: 100}) == []


def test_a_budget_of_the_period_bounds_a_top_up_too() -> None:
    budget = Above(scope="national", vintage=None, tonnes=2150, held=2100)
    capped = replace(STANDING, above=(*STANDING.above, budget))
    assert against(capped, type="top_up", volumes={2027: 50}) == []
    assert against(capped, type="top_up", volumes={2027: 51}) == ["ceiling"]


def test_a_letter_without_ceilings_can_be_given_some_for_all_that_is_taken_up() -> None:
    lines = {
        2026: LineFigures(capped=False, drawn=300, issued=300, first_transferred=100),
        2027: LineFigures(capped=False),
    }
    open_ended = replace(STANDING, terms=TERMS.model_copy(update={"volumes": None}), lines=lines)
    assert against(open_ended, type="top_up", volumes={2026: 1}) == ["no-ceiling"]
    assert against(open_ended, type="quantity_up", volumes={2026: 500}) == ["no-ceiling"]
    assert against(open_ended, type="quantity_down", volumes={2027: 500}) == ["ceilings-of-some"]
    found = effect(open_ended, type="quantity_down", volumes={2026: 350})
    assert found.forbidden == ()
    assert found.terms.volumes == {2026: 350, 2027: 0}
    assert after(found) == {2026: (350, 300, 300, 0), 2027: (0, 0, 0, 0)}


# -- periods, uses, entities, and what moves nothing -----------------------------------------------


def test_vintages_outside_a_new_period_keep_what_is_gone() -> None:
    found = effect(type="period", outcomes_from="2027-01-01")
    assert found.terms.volumes == {2026: 420, 2027: 1500}
    assert after(found)[2026] == (420, 420, 420, 0)
    assert [change.name for change in found.changes] == ["outcomes_from"]
    assert found.letter == "amendment"


def test_a_use_is_added_with_its_purpose_and_definition_and_the_last_one_is_not_removed() -> None:
    assert "A4" in against(type="use_added", use="OP")
    assert "A4" in against(type="use_added", use="OP", op="Targets")
    found = effect(type="use_added", use="OP", op="Targets", first_transfer_definition="Issuance")
    assert found.forbidden == ()
    assert (found.terms.uses, found.terms.purpose) == (("NDC", "OP"), "NDC and OP")
    assert not found.moved
    assert "A4" in against(type="use_removed", use="NDC")
    assert against(type="use_added", use="NDC") == ["nothing-changes"]
    back = effect(replace(STANDING, terms=found.terms), type="use_removed", use="OP")
    assert back.terms == TERMS


def test_an_entity_comes_goes_and_is_renamed_and_no_outcome_moves() -> None:
    added = effect(type="entity_added", entity={"name": "Third", "country": "SGP", "roles": ["user"]})
    assert [one.name for one in added.terms.entities] == ["Alpine Buyer", "Third"]
    removed = effect(type="entity_removed", name="Alpine Buyer")
    assert removed.terms.entities == ()
    assert "A14" in {finding.rule for finding in removed.speaks if not finding.blocks}
    renamed = effect(type="entity_renamed", name="Alpine Buyer", to="Alpine Buyer AG")
    assert [(one.name, one.roles) for one in renamed.terms.entities] == [("Alpine Buyer AG", ("acquirer",))]
    for found in (added, removed, renamed):
        assert (found.forbidden, found.moved, found.letter) == ((), (), "addendum")
    assert against(type="entity_added", entity={"name": "Alpine Buyer"}) == ["entity-there"]
    assert against(type="entity_removed", name="Nobody") == ["entity-unknown"]
    assert against(type="entity_renamed", name="Nobody", to="Somebody") == ["entity-unknown"]


@pytest.mark.parametrize(
    ("plan", "changed"),
    [
        ({"type": "clarification", "text": "As issued."}, []),
        ({"type": "correction", "text": "The title has one more word."}, []),
        ({"type": "identifier_assigned", "ca_id": "CA0044"}, ["ca_id"]),
        ({"type": "methodology", "methodology": "Metered stoves, version 2"}, ["methodology"]),
        ({"type": "transfer_of_holder", "to": "Second Owner"}, ["holder"]),
    ],
)
def test_an_addendum_moves_no_volume(plan: dict[str, Any], changed: list[str]) -> None:
    found = effect(**plan)
    assert (found.forbidden, found.moved, found.terms, found.letter) == ((), (), TERMS, "addendum")
    assert [change.name for change in found.changes] == changed
    assert not found.takes_away


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        ({"type": "clarification", "text": " "}, ["text-missing"]),
        ({"type": "identifier_assigned", "ca_id": "CA0009"}, ["identifier-taken"]),
        ({"type": "methodology", "methodology": "Metered stoves"}, ["nothing-changes"]),
        ({"type": "resumption"}, ["authorisation-state"]),
    ],
)
def test_an_act_that_acts_on_nothing_is_refused(plan: dict[str, Any], codes: list[str]) -> None:
    assert against(**plan) == codes


def test_a_suspension_and_its_end_leave_the_letter_as_it_is() -> None:
    found = effect(type="suspension")
    assert (found.state, found.supersedes, found.moved, found.terms) == ("suspended", (), (), TERMS)
    suspended = replace(STANDING, state="suspended")
    assert effect(suspended, type="resumption").state == "in_force"
    assert against(suspended, type="suspension") == ["authorisation-state"]


def test_the_letter_of_a_suspension_is_replaced_by_what_ends_it() -> None:
    holding = UUID(int=8)
    suspended = replace(STANDING, state="suspended", holding=holding)
    assert effect(suspended, type="resumption").supersedes == (holding,)
    assert effect(suspended, type="revocation").supersedes == (LETTER, holding)
    assert effect(suspended, type="clarification", text="So.").supersedes == (LETTER,)


@pytest.mark.parametrize("state", ["revoked", "surrendered", "expired"])
def test_what_has_ended_is_changed_no_more(state: str) -> None:
    assert against(replace(STANDING, state=state), type="clarification", text="So.") == [
        "authorisation-state"
    ]


def test_while_another_act_awaits_its_letter_none_is_decided_beside_it() -> None:
    assert against(replace(STANDING, awaiting="KEN-2026-0007"), type="revocation") == ["another-act-decided"]


def test_consent_is_shown_where_the_letter_speaks_of_it() -> None:
    terms = TERMS.model_copy(update={"change_terms": "With the consent of the other Party."})
    standing = replace(STANDING, terms=terms)
    assert against(standing, type="revocation") == ["consent-missing"]
    assert against(standing, type="revocation", consent="Note verbale 12") == []
    assert against(standing, type="clarification", text="As issued.") == []
    assert is_read_from_words("Avec le consentement de l’autre Partie")
    assert is_read_from_words("previo consenso")
    assert not is_read_from_words("After thirty days' notice.")
    assert not is_read_from_words(None)


def test_consent_is_shown_where_data_say_so_whatever_the_words_are() -> None:
    """Each of the two on its own: a change is no revocation; nobody named as data is nobody."""
    words = TERMS.model_copy(update={"change_terms": "With the consent of the other Party."})
    for terms in (TERMS, words):
        said = terms.model_copy(update={"consent_to_changes": ("CHE", "SGP"), "consent_to_revocation": ()})
        standing = replace(STANDING, terms=said)
        assert against(standing, type="revocation") == []
        down = {"type": "quantity_down", "volumes": {2026: 500}}
        assert against(standing, **down) == ["consent-missing"]
        assert "Switzerland, Singapore" in str(effect(standing, **down).forbidden[0])
        assert against(standing, **down, consent="Note verbale 12") == []
        assert against(standing, type="suspension") == []
    revocation_only = TERMS.model_copy(update={"consent_to_revocation": ("CHE",)})
    standing = replace(STANDING, terms=revocation_only)
    assert against(standing, type="revocation") == ["consent-missing"]
    assert against(standing, type="quantity_down", volumes={2026: 500}) == []


def consenting(**said: tuple[str, ...]) -> Standing:
    """Three Parties take part, and these have to consent."""
    terms = TERMS.model_copy(update={"parties": ("KEN", "CHE", "SGP"), **said})
    return replace(STANDING, host="KEN", terms=terms)


def refused_for(standing: Standing, **plan: Any) -> dict[str, str]:
    """Every reason against it, by its code."""
    return {reason.code: str(reason) for reason in effect(standing, **plan).forbidden}


def test_whose_consent_is_needed_changes_with_that_of_all_who_lose_or_gain_it() -> None:
    standing = consenting(consent_to_changes=("CHE",), consent_to_revocation=("SGP",))
    plan: dict[str, Any] = {"type": "consent_terms", "consent_to_changes": ("SGP",)}
    assert "be named: Switzerland, Singapore. None" in refused_for(standing, **plan)["consent-missing"]
    found = effect(standing, **plan, consent="Notes 12 and 13")
    assert (found.forbidden, found.moved, found.letter, found.takes_away) == ((), (), "amendment", False)
    assert found.terms == standing.terms.model_copy(update={"consent_to_changes": ("SGP",)})
    assert [(one.name, one.before, one.after) for one in found.changes] == [
        ("consent_to_changes", "CHE", "SGP")
    ]
    # Whoever is talked out of a say over revocations is asked, though a change needs nobody else's consent.
    nobody: dict[str, Any] = {"type": "consent_terms", "consent_to_revocation": ()}
    assert "Switzerland, Singapore" in refused_for(standing, **nobody)["consent-missing"]
    assert effect(standing, **nobody, consent="Note 12").terms.consent_to_revocation == ()
    free = consenting(consent_to_changes=(), consent_to_revocation=("SGP",))
    assert "be named: Singapore. None" in refused_for(free, **nobody)["consent-missing"]
    bound: dict[str, Any] = {"type": "consent_terms", "consent_to_changes": ("CHE",)}
    assert "be named: Switzerland. None" in refused_for(free, **bound)["consent-missing"], "unasked"


def test_where_words_alone_ask_for_consent_the_other_party_of_the_words_is_asked_too() -> None:
    said = consenting().terms.model_copy(update={"change_terms": "With the consent of the other Party."})
    standing = replace(STANDING, host="KEN", terms=said)
    named = refused_for(standing, type="consent_terms", consent_to_changes=("CHE",))["consent-missing"]
    assert "in words, and of those to be named: Switzerland." in named
    released: dict[str, Any] = {
        "type": "consent_terms",
        "consent_to_changes": (),
        "consent_to_revocation": (),
    }
    assert (
        "the consent of the other Party, and none is shown"
        in refused_for(standing, **released)["consent-missing"]
    )
    after = effect(standing, **released, consent="Note 12").terms
    assert (after.consent_to_changes, after.consent_to_revocation) == ((), ())
    assert against(replace(standing, terms=after), type="revocation") == []


@pytest.mark.parametrize(
    ("said", "plan", "codes"),
    [
        ({"consent_to_changes": ("CHE", "SGP")}, {"consent_to_changes": ("SGP", "CHE")}, ["nothing-changes"]),
        ({}, {"consent_to_changes": (), "consent_to_revocation": ()}, ["nothing-changes"]),
        ({}, {"consent_to_changes": ("KEN",)}, ["not-a-counterpart"]),
        ({}, {"consent_to_revocation": ("SWE", "CHE")}, ["not-a-counterpart"]),
        (
            {},
            {"consent_to_changes": ("CHE",), "revocable_after_transfer": ("Over-crediting",)},
            ["consent-and-touching"],
        ),
        (
            {},
            {"consent_to_changes": ("CHE",), "reducible_after_transfer": ("Over-crediting",)},
            ["consent-and-touching"],
        ),
    ],
)
def test_consent_is_named_of_parties_that_take_part_and_of_nothing_else(
    said: dict[str, Any], plan: dict[str, Any], codes: list[str]
) -> None:
    standing = consenting(**said)
    planned = {"type": "consent_terms", "consent": "Note 12", **plan}
    assert against(standing, **planned) == codes
    after = effect(standing, **planned).terms
    assert (after.revocable_after_transfer, after.reducible_after_transfer) == (None, None)


def test_terms_that_say_nothing_of_consent_are_written_as_they_always_were() -> None:
    assert "consent" not in TERMS.canonical()
    said = TERMS.model_copy(update={"consent_to_revocation": ()})
    assert Terms.model_validate_json(said.canonical()) == said != TERMS


@pytest.mark.parametrize(
    ("type_", "more", "letter"),
    [
        ("quantity_up", {"volumes": {2027: 1}}, "amendment"),
        ("use_removed", {"use": "OP"}, "amendment"),
        ("period", {"last_use_on": "2029-12-31"}, "amendment"),
        ("top_up", {"volumes": {2027: 1}}, "amendment"),
        ("methodology", {"methodology": "B"}, "addendum"),
        ("consent_terms", {"consent_to_changes": []}, "amendment"),
        ("suspension", {}, "suspension"),
        ("resumption", {}, "resumption"),
    ],
)
def test_each_act_is_written_in_one_kind_of_letter(type_: str, more: dict[str, Any], letter: str) -> None:
    assert letter_of(acts.read({"type": type_, **more})) == letter


@pytest.mark.parametrize(
    "plan",
    [
        {"type": "amnesty"},
        {"type": "top_up"},
        {"type": "top_up", "volumes": {2027: 0}},
        {"type": "top_up", "volumes": {2027: 1.5}},
        {"type": "quantity_up"},
        {"type": "quantity_down", "volumes": {2027: -1}},
        {"type": "identifier_assigned", "ca_id": "CA12"},
        {"type": "entity_added", "entity": {"name": " "}},
        {"type": "use_added", "use": "ANY"},
        {"type": "period"},
        {"type": "consent_terms"},
        {"type": "consent_terms", "consent_to_changes": ["Switzerland"]},
        {"type": "revocation", "volumes": {}},
        {"type": "suspension", "until": "2027-01-01"},
    ],
)
def test_a_malformed_plan_is_no_plan(plan: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        acts.read(plan)


def test_a_plan_keeps_its_meaning_in_its_canonical_text() -> None:
    plan = acts.read({"type": "quantity_down", "volumes": {2027: 5}, "grounds": "Lowered."})
    assert acts.parse(plan.canonical()) == plan
