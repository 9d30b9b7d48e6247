import json
from enum import StrEnum
from types import MappingProxyType

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical_text, parse_canonical
from tests.audit.happenings import json_values


class Use(StrEnum):
    NDC = "NDC"


def test_keys_are_sorted_and_nothing_stands_between_the_signs() -> None:
    assert canonical_text({"b": [1, True, None], "a": "é"}) == '{"a":"é","b":[1,true,null]}'


def test_keys_are_sorted_by_utf16_as_the_rfc_says() -> None:
    assert canonical_text({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'


def test_an_enumeration_a_tuple_and_a_mapping_are_written_as_plain_json() -> None:
    assert canonical_text(MappingProxyType({Use.NDC: (Use.NDC,)})) == '{"NDC":["NDC"]}'


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.0, "value: 1.0 is a float"),
        ({"lines": [{"tonnes": 0.5}]}, r"value\.lines\[0\]\.tonnes: 0\.5 is a float"),
        ({"name": gettext_lazy("case")}, r"value\.name: a lazy text"),
        ({1: "one"}, "the key 1 is not a text"),
        ({None: "none"}, "the key None is not a text"),
        ({"a": {1, 2}}, "set is not JSON"),
        (b"bytes", "bytes is not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(value: object, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        canonical_text(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {"\ud800": 1}])
def test_what_json_cannot_keep_exactly_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="value"):
        canonical_text(value)


@given(json_values)
def test_every_value_comes_back_from_its_text(value: object) -> None:
    assert parse_canonical(canonical_text(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "nul", '{"a":1.0}', '{"a":1e3}', "NaN", "Infinity", "-0", "01", '{"a": 1}', '{"b":1,"a":2}',
        '{"a":1,"a":1}', '"\\u0041"', '"\\ud800"', "[1,]", "[1]\n", "9" * 5000, "[" * 100_000,
    ],
)  # fmt: skip
def test_any_other_text_of_a_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reasons are the parser's own
        parse_canonical(text)


@given(st.text(max_size=30))
def test_what_is_accepted_is_the_one_text_of_its_value(text: str) -> None:
    try:
        value = parse_canonical(text)
    except ValueError:
        return
    assert canonical_text(value) == text
    assert json.loads(text) == value
