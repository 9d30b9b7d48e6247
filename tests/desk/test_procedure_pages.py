"""The pages of procedures: open to everybody, drawn and as a table, with what is assumed marked as such."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from authorisation.procedures import SHIPPED
from authorisation.procedures.shape import Procedure
from authorisation.services.procedures import load_procedure
from desk.procedures.drawing import WIDTH, drawn
from desk.procedures.selectors import assumed, page
from tests.accounts.factories import two_authorities
from tests.authorisation.procedure_files import SMALL
from workflow.actors import SYSTEM
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db


def read(client: Client, version: str) -> str:
    response = client.get(reverse("procedure", kwargs={"version": version}))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("terms", SHIPPED.values(), ids=list(SHIPPED))
def test_every_shipped_procedure_has_a_page_for_anybody(client: Client, terms: Procedure) -> None:
    text = read(client, terms.version)
    for source in terms.sources:
        assert source.title in text
    for body in terms.bodies.values():
        assert body.name["en"] in text
    for place in terms.assumptions:
        assert f"<code>{place}</code>" in text
    assert text.count('role="img"') == text.count("Stages, who is waited on and how long")
    assert "assumed" in text


def test_the_list_names_every_version_loaded_ones_too(client: Client) -> None:
    two_authorities()
    load_procedure(SMALL.encode(), name="vut.toml", actor=SYSTEM, clock=RealClock())
    text = client.get(reverse("procedures")).content.decode()
    for version in (*SHIPPED, "VUT/2026-1"):
        assert reverse("procedure", kwargs={"version": version}) in text
    assert "1. Director" in read(client, "VUT/2026-1")


def test_what_is_not_held_is_not_found(client: Client) -> None:
    for version in ("GHA/1999-1", "GHA", "x/y/z"):
        assert client.get(f"/procedures/{version}/").status_code == 404


def test_only_what_the_sources_leave_open_is_marked_as_assumed() -> None:
    tanzania = SHIPPED["TZA/2023-1"]
    assert assumed(tanzania, "kinds.no_objection.clocks.review")
    assert assumed(tanzania, "clocks.review")
    assert not assumed(tanzania, "kinds.no_objection.clocks.retention")
    assert not assumed(tanzania, "kinds.consolidated.deciding")


@pytest.mark.parametrize("version", SHIPPED)
def test_a_drawing_says_what_the_table_says_and_nothing_leaves_its_box(version: str) -> None:
    shown = page(version, language="en")
    assert shown is not None
    for group in shown.groups:
        picture = drawn(group)
        assert len(picture.boxes) == len(group.moments) + 1
        for box, moment in zip(picture.boxes, group.moments, strict=False):
            said = " ".join(line.text for line in box.lines)
            assert moment.name in said
            assert moment.time in said
            assert all(name in said for name in moment.who)
            assert all(box.y < line.y < box.y + box.height for line in box.lines)
        for box, below in zip(picture.boxes, picture.boxes[1:], strict=False):
            assert box.y + box.height < below.y
        assert picture.boxes[-1].y + picture.boxes[-1].height < picture.height
    assert WIDTH <= 360


def test_a_page_says_it_in_the_language_of_the_reader(client: Client) -> None:
    client.cookies["django_language"] = "fr"
    # A request leaves its language behind in the thread; here it is put back.
    with translation.override("en"):
        assert "Comité technique consultatif" in read(client, "GHA/2022-1")
