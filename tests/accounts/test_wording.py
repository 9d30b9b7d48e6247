"""How values stand in sentences, in languages of both directions."""

from datetime import date

import pytest
from django.utils import translation

from accounts.wording import day, filled, grouped, in_words
from workflow.refusals import Reason

FSI, PDI = "\u2068", "\u2069"


@pytest.mark.parametrize(
    ("words", "isolated"),
    [
        ("%(tonnes)s t are left.", f"{FSI}5 t{PDI} are left."),
        ("%(tonnes)s\u00a0t CO₂ eq of %(who)s.", f"{FSI}5\u00a0t CO₂ eq{PDI} of {FSI}Ministère{PDI}."),
        ("%(tonnes)s tonnes, %(tonnes)s.", f"{FSI}5{PDI} tonnes, {FSI}5{PDI}."),
        ("Nothing of it.", "Nothing of it."),
    ],
)
def test_from_right_to_left_a_figure_keeps_its_unit_behind_it(words: str, isolated: str) -> None:
    values = {"tonnes": "5", "who": "Ministère"}
    with translation.override("ar"):
        assert filled(words, values) == isolated
    for language in ("en", "fr"):
        with translation.override(language):
            assert filled(words, values) == isolated.replace(FSI, "").replace(PDI, "")


def test_a_refusal_and_what_mends_it_isolate_what_stands_in_them() -> None:
    reason = Reason(
        code="ceiling",
        words="%(tonnes)s t on %(on)s are too many.",
        mend="Name at most %(left)s t.",
        values={"tonnes": 12_000, "on": day(date(2026, 3, 2)), "left": 7},
    )
    with translation.override("ar"):
        sentence, mend = str(reason), reason.mend_text
        on = in_words(day(date(2026, 3, 2)))
        instead = reason.filled(reason.mend, left="8")
    assert sentence == f"{FSI}{grouped(12_000)} t{PDI} on {FSI}{on}{PDI} are too many."
    assert mend == f"Name at most {FSI}7 t{PDI}."
    assert instead == f"Name at most {FSI}8 t{PDI}."
    assert FSI not in str(reason)
