"""The table of kinds agrees with the templates, the content models and the functions of offices."""

from typing import get_args

import pytest
from django.template.loader import get_template

from accounts.models import Function
from authorisation.kinds import Kind
from letters.content import Letter
from letters.kinds import KINDS, LetterKind, UnknownKind, kind_of, letter_for


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_kind_has_a_template_a_title_and_offices_that_exist(kind: LetterKind) -> None:
    get_template(kind.template)
    assert str(kind.title)
    assert kind.signing_offices
    assert set(kind.signing_offices) <= set(Function.values)


def test_the_content_models_are_those_of_the_kinds() -> None:
    modelled = [get_args(model.model_fields["kind"].annotation)[0] for model in get_args(Letter)]
    assert modelled == [kind.code for kind in KINDS]


def test_series_are_told_apart() -> None:
    assert len({kind.series for kind in KINDS}) == len(KINDS)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(UnknownKind, match=r"'amnesty'.*authorisation"):
        kind_of("amnesty")


@pytest.mark.parametrize(
    ("kind", "step", "letter"),
    [
        (Kind.CONSOLIDATED, "approve", "authorisation"),
        (Kind.OUTCOMES, "approve_in_part", "partial_authorisation"),
        (Kind.INTENT, "approve", "intent"),
        (Kind.NO_OBJECTION, "approve", "no_objection"),
        (Kind.ACKNOWLEDGEMENT, "approve", "acknowledgement"),
        (Kind.APPEAL, "approve", "appeal"),
        (Kind.APPEAL, "refuse", "appeal"),
        (Kind.INTENT, "refuse", "refusal"),
        (Kind.NO_OBJECTION, "return_for_completion", "request_for_completion"),
    ],
)
def test_a_step_asks_for_the_letter_of_its_kind_of_case(kind: Kind, step: str, letter: str) -> None:
    assert letter_for(kind, step) == letter
    kind_of(letter)


def test_a_step_without_a_letter_says_so() -> None:
    with pytest.raises(UnknownKind, match="accept"):
        letter_for(Kind.CONSOLIDATED, "accept")
