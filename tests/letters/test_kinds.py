"""The table of kinds agrees with the templates, the content models and the functions of offices."""

from typing import get_args

import pytest
from django.template.loader import get_template

from accounts.models import Function
from letters.content import Letter
from letters.kinds import KINDS, LetterKind, UnknownKind, kind_of


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
