"""Some permission checks taken out: the matrix fails without them. `python -m tests.mutations` takes all."""

import pytest
from django.urls import NoReverseMatch

from tests.desk.access.table import ROWS
from tests.desk.access.test_matrix import (
    test_whoever_may_not_act_changes_nothing as acts,
)
from tests.desk.access.test_matrix import (
    test_whoever_opens_an_address_is_answered_as_the_table_says as opens,
)
from tests.desk.access.world import World
from tests.mutations.account import TWICE
from tests.mutations.finding import load, mutations

pytestmark = pytest.mark.django_db

# What is taken out, the row that must notice, and whether it does when the address is opened.
TAKEN_OUT = [
    ("address preview_styles: for anybody", "preview_styles", True),
    ("address inbox: without behind_second_factor", "inbox", True),
    ("address appoint: without asks_again", "appoint", False),
    ("address admin:jsi18n: without for_administrators", "admin:jsi18n", True),
    (
        "desk/people/views/organisations.py _own: without “if not _belongs(request, found)”",
        "organisation",
        True,
    ),
]


def test_the_sample_is_of_what_the_mutation_run_finds() -> None:
    names = [one.name for one in mutations()]
    assert [names.count(name) for name, _row, _opening in TAKEN_OUT] == [1] * len(TAKEN_OUT)
    assert set(names) >= set(TWICE), "a check is named that is there no more"


@pytest.mark.parametrize(("name", "row", "opening"), TAKEN_OUT, ids=[name for name, *_rest in TAKEN_OUT])
def test_the_matrix_fails_without_it(name: str, row: str, opening: bool, everybody: World) -> None:
    load()
    (mutation,) = (one for one in mutations() if one.name == name)
    (concerned,) = (one for one in ROWS if one.name == row)
    fails = opens if opening else acts
    fails(concerned, everybody, False)

    # Without its own guard Django's administration looks for a page that is not here.
    with mutation.applied(), pytest.raises((AssertionError, NoReverseMatch)):
        fails(concerned, everybody, False)
    fails(concerned, everybody, False)
