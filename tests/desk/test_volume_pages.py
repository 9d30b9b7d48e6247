"""The pages of volumes: where every tonne is, and the budget of the NDC period."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.models import Authorisation, Ceiling, Line
from authorisation.services import decisions
from authorisation.services.ceilings import CeilingSet, set_ceiling
from desk.volumes import selectors
from desk.volumes.charts import WIDTH, Piece, Row, chart
from tests.authorisation.factories import Staff, content, granted, in_decision, in_review, two_staffs
from tests.desk.browser import prove_again, signed_in, with_app
from workflow.actors import SYSTEM


def pieces(*tonnes: int) -> list[Piece]:
    kinds = ("used", "issued", "reserved")
    return [Piece(kind=kind, label=kind, tonnes=one) for kind, one in zip(kinds, tonnes, strict=False)]


def said(page: Any) -> str:
    """The text of a page, without what marks it up."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split()).replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )


# -- the drawing -----------------------------------------------------------------------------------------


def test_bars_are_drawn_to_one_scale_and_their_pieces_touch() -> None:
    drawn = chart(
        [Row(label="2026", pieces=pieces(50, 0, 50)), Row(label="2027", pieces=pieces(25), limit=200)],
        right_to_left=False,
    )
    assert drawn is not None
    first, second = drawn.bars
    assert [(one.x, one.width) for one in first.rectangles] == [(0, 85), (85, 85)]
    assert ([(one.x, one.width) for one in second.rectangles], second.limit_x) == ([(0, 42.5)], WIDTH - 2)
    assert [kind for kind, _label in drawn.legend] == ["used", "reserved"]
    assert drawn.height > second.y + drawn.bar


def test_from_right_to_left_the_bars_are_the_mirror_image() -> None:
    rows = [Row(label="2026", pieces=pieces(10, 20, 30), limit=80)]
    there, here = chart(rows, right_to_left=False), chart(rows, right_to_left=True)
    assert there is not None
    assert here is not None
    assert here.direction == "rtl"
    for one, mirrored in zip(there.bars[0].rectangles, here.bars[0].rectangles, strict=True):
        assert one.x + one.width == pytest.approx(WIDTH - mirrored.x)
    assert (there.bars[0].limit_x, here.bars[0].limit_x) == (WIDTH - 2, 2)
    assert (there.start_x, here.start_x) == (here.end_x, there.end_x)


def test_nothing_is_drawn_of_nothing() -> None:
    assert chart([], right_to_left=False) is None
    assert chart([Row(label="2026", pieces=pieces(0))], right_to_left=False) is None


@pytest.mark.parametrize(
    ("pools", "parts"),
    [
        ({"reserved": 100}, {"reserved": 100}),
        ({"authorised": 100}, {"authorised": 100}),
        ({"authorised": 100, "drawn": 60, "issued": 60}, {"issued": 60, "authorised": 40}),
        (
            {
                "authorised": 100,
                "drawn": 60,
                "issued": 60,
                "first_transferred": 30,
                "retained": 5,
                "used_or_cancelled": 10,
            },
            {"used": 10, "first-transferred": 20, "retained": 5, "issued": 25, "authorised": 40},
        ),
        (
            {"authorised": 100, "drawn": 30, "first_transferred": 30},
            {"first-transferred": 30, "authorised": 70},
        ),
    ],
)
def test_each_tonne_of_a_line_stands_in_one_part(pools: dict[str, int], parts: dict[str, int]) -> None:
    found = selectors.parts_of(Line(vintage=2026, capped=True, **pools))
    assert {piece.kind: piece.tonnes for piece in found if piece.tonnes} == parts
    assert sum(parts.values()) == pools.get("authorised", 0) + pools.get("reserved", 0)


# -- an authorisation --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_of_an_authorisation_tells_its_pools_and_every_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = two_staffs()
    case = granted(ours)
    found = Authorisation.objects.get(cases=case)
    address = reverse("volumes", kwargs={"identifier": found.identifier})
    holder, officer = signed_in(ours.applicant), signed_in(ours.holding(Function.DESK_OFFICER).user)
    for reader in (holder, officer):
        page = reader.get(address)
        assert page.status_code == 200
        text = said(page)
        assert "2027 0 1 500 0 0 0 0 0" in text
        assert "Total 0 2 100 0 0 0 0 0" in text
        assert "2027: authorised, not yet issued 1 500" in text
    for stranger in (signed_in(theirs.applicant), signed_in(theirs.holding(Function.DESK_OFFICER).user)):
        assert stranger.get(address).status_code == 404
    assert Client().get(address).status_code == 302

    lines = re.findall(
        r'<th scope="row" role="rowheader">(\d{4}) · (\d+)</th>', holder.get(address).content.decode()
    )
    assert lines == [("2026", "1"), ("2026", "2"), ("2027", "1"), ("2027", "2")]
    monkeypatch.setattr(selectors, "PAGE", 3)
    text = holder.get(address).content.decode()
    assert "?after=2027-1#entries" in text
    rest = holder.get(address, {"after": "2027-1"}).content.decode()
    assert re.findall(r"(\d{4}) · (\d+)</th>", rest) == [("2027", "2")]
    for nonsense in ("2027", "x-y", "2027-99999999999", "-", "٢٠٢٧-1"):
        assert (
            len(re.findall(r"\d{4} · \d+</th>", holder.get(address, {"after": nonsense}).content.decode()))
            == 3
        )


# -- the budget ----------------------------------------------------------------------------------------------


def _filled(ours: Staff) -> None:
    """An authorisation of 2100 t, a decision over 1000 t, and a request of 500 t."""
    granted(ours)
    decided = in_decision(ours, content(request={"volumes_tco2e": {"2028": 1000}}))
    decisions.approve(decided, act=ours.act(Function.DECIDER))
    in_review(ours, content(request={"volumes_tco2e": {"2028": 500}}))
    in_review(ours, content(request={"volumes_tco2e": None}))


@pytest.mark.django_db
def test_the_budget_tells_what_is_authorised_reserved_and_asked_for() -> None:
    ours, theirs = two_staffs()
    _filled(ours)
    in_review(theirs)
    address = reverse("budget")
    officer = signed_in(ours.holding(Function.DESK_OFFICER).user)
    text = said(officer.get(address))
    assert "All sectors none set 2 100 1 000 – 500 and 1 request without a volume" in text
    assert "Energy generation none set 2 100 1 000 – 500" in text
    assert "Set a ceiling" not in text
    other = signed_in(theirs.holding(Function.DESK_OFFICER).user)
    assert "All sectors none set 0 0 – 2 100" in said(other.get(address))
    assert signed_in(ours.applicant).get(address).status_code == 404


@pytest.mark.django_db
def test_the_director_sets_a_ceiling_on_its_page_and_sees_what_it_lacks() -> None:
    ours, _theirs = two_staffs()
    _filled(ours)
    director = with_app(ours.holding(Function.DIRECTOR).user)
    browser = signed_in(director)
    address = reverse("set_ceiling", kwargs={"public_id": ours.authority.public_id})
    prove_again(browser, director)
    sent = {
        "period": "2021-2030",
        "sector": "",
        "tonnes": "3400",
        "reason": "Two thirds of the surplus.",
        "source": "Cabinet decision 12",
    }
    low = browser.post(address, {**sent, "tonnes": "3099"})
    assert low.status_code == 422
    assert "3100 t are already reserved or authorised under it" in said(low)
    unreasoned = browser.post(address, {**sent, "reason": "", "source": ""})
    assert (unreasoned.status_code, Ceiling.objects.filter(scope=Ceiling.Scope.NATIONAL).count()) == (422, 0)
    assert browser.post(address, sent).status_code == 302
    text = said(browser.get(reverse("budget")))
    assert "Cabinet decision 12: Two thirds of the surplus." in text
    assert "3 400 2 100 1 000 300 500 200 more than is free" in text
    assert signed_in(ours.applicant).get(address).status_code == 404


@pytest.mark.django_db
def test_a_ceiling_set_at_the_machine_is_shown_too() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert case.ndc_period is not None
    what = CeilingSet(period=case.ndc_period, tonnes=10, reason="First.", source="File", sector="Agriculture")
    set_ceiling(ours.authority, what, actor=SYSTEM, clock=ours.clock)
    officer = signed_in(ours.holding(Function.DESK_OFFICER).user)
    assert "Agriculture File: First." in said(officer.get(reverse("budget")))
