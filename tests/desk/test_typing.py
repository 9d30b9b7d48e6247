"""What is typed into a section's form is what stands in it again, whatever it was."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from desk.applications.forms import SectionForm
from desk.applications.overtaking import answer_of
from desk.applications.places import at_place, put
from desk.applications.questions import Field, Section
from desk.applications.reading import read
from desk.applications.saving import Saved, with_answers
from desk.applications.sections import SECTIONS
from desk.applications.typed import Day, Lines, Several, Whole

# What a browser can send: no half characters, and line breaks as one sign.
TYPED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=12).filter(
    lambda text: not text or bool(text.strip())
)
ONE_LINE = TYPED.filter(lambda text: "\n" not in text)

# Everything asked, so that nothing is taken out.
ALL_ASKED = {"request": {"uses": ["NDC", "IMP", "OP"]}}


def _typed_into(section: Section, data: st.DataObject) -> dict[str, list[str]]:
    """Something typed into every box of a section; `asked` says that all was there."""
    sent: dict[str, list[str]] = {"asked": []}
    for asked in section.asked():
        sent["asked"].append(asked.name)
        if not isinstance(asked, Field) or asked.name == "request__uses":
            continue
        if isinstance(asked.answer, Day):
            for part in ("day", "month", "year"):
                sent[f"{asked.name}_{part}"] = [data.draw(ONE_LINE)]
        elif isinstance(asked.answer, Several):
            sent[asked.name] = data.draw(st.lists(ONE_LINE.filter(bool), unique=True, max_size=3))
        elif isinstance(asked.answer, Lines):
            sent[asked.name] = ["\n".join(data.draw(st.lists(ONE_LINE.filter(bool), max_size=3)))]
        else:
            sent[asked.name] = [data.draw(TYPED)]
    if section.name == "uses":
        sent["request__uses"] = ["NDC", "IMP", "OP"]
    return sent


def _saved(section: Section, content: Mapping[str, Any], sent: MultiValueDict[str, str]) -> Saved:
    """What is saved of a form sent by somebody who wrote alone."""
    on_the_form = sent.getlist("asked")
    answers = {asked.name: answer_of(asked, sent) for asked in section.asked() if asked.name in on_the_form}
    return with_answers(section, content, answers, on_the_form=on_the_form)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
@given(data=st.data())
def test_every_box_gives_back_what_was_typed_into_it(section: Section, data: st.DataObject) -> None:
    sent = _typed_into(section, data)

    saved = _saved(section, ALL_ASKED, MultiValueDict(sent))
    form = SectionForm(section, saved.content, read(saved.content).problems)
    shown = cast(MultiValueDict[str, str], form.data)

    for asked in section.asked():
        if isinstance(asked, Field):
            for name in [name for name in sent if name == asked.name or name.startswith(f"{asked.name}_")]:
                assert _alike(asked, shown.getlist(name), sent[name]), name


def _alike(asked: Field, shown: list[str], sent: list[str]) -> bool:
    """The same; but for a number's grouping, and noughts in front of a number or of a part of a day."""
    if isinstance(asked.answer, Whole | Day):
        return [_bare(text) for text in shown] == [_bare(text) for text in sent]
    return shown == sent


def _bare(text: str) -> str:
    squeezed = "".join(text.split())
    return squeezed.lstrip("0") if squeezed.isdecimal() else squeezed


@given(
    st.dictionaries(
        st.sampled_from(["activity", "entities", "request", "ndc_period"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["uses", "from", "name", "2024", "expected_tco2e", "oimp"]), inner
                )
            ),
            max_leaves=12,
        ),
    )
)
def test_whatever_stands_in_a_draft_every_section_can_be_shown(content: dict[str, Any]) -> None:
    reading = read(content)

    for section in SECTIONS:
        form = SectionForm(section, content, reading.problems)
        assert len(form.summary) == sum(section.holds(problem.place) for problem in reading.problems)
        _saved(section, content, MultiValueDict({"asked": [asked.name for asked in section.asked()]}))


def test_a_place_is_written_with_its_groups_and_taken_away_with_them() -> None:
    content: dict[str, Any] = {"request": "not a group", "activity": {"title": "Stoves"}}

    put(content, ("request", "oimp", "imp"), ["CORSIA"])
    assert at_place(content, ("request", "oimp", "imp")) == ["CORSIA"]
    put(content, ("request", "oimp", "imp"), None)
    put(content, ("ndc_period", "from"), None)

    assert content == {"activity": {"title": "Stoves"}}
