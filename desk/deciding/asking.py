"""What a decision asks of the holder, row by row: conditions precedent, and obligations with their days.

The rows begin with what the procedure asks of every holder. A row whose words are taken out and that is not
of the procedure asks nothing. What contradicts itself the requirement itself says (`requirements.faults`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pycountry
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from authorisation.handling import standing_requirements
from authorisation.kinds import ASKING, AUTHORISING
from authorisation.models import Case
from authorisation.requirements import Requirement, Since, Sort, faults
from desk.act_forms import DayInput

PREFIX = "asks"
# More than any letter can hold; what a procedure and a decision ask together is a handful.
MOST_ROWS = 50
_ROW = re.compile(rf"^{PREFIX}-(\d+)-(\w+)$")


class When(models.TextChoices):
    """When a requirement falls due: how its days are counted."""

    MONTHS = "months", _("so many months after the decision")
    DAYS = "days", _("so many days after the decision")
    ON = "on", _("on a fixed day")
    OPEN = "open", _("no last day (conditions precedent only)")
    ISSUANCE_MONTHS = "issuance_months", _("so many months after each issuance")
    ISSUANCE_DAYS = "issuance_days", _("so many days after each issuance")
    FIRST_MONTHS = "first_months", _("so many months after the first issuance")
    FIRST_DAYS = "first_days", _("so many days after the first issuance")

    @property
    def after_issuance(self) -> bool:
        """Whether the days are counted from an issuance."""
        return self.value.startswith(("issuance", "first"))


# Beside which field a fault of a requirement stands.
_BESIDE = {"on": "when", "months": "when", "since": "when", "once": "when"}


class RequirementForm(forms.Form):
    """One condition precedent or obligation of the holder."""

    code = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    sort = forms.ChoiceField(label=_("What it is"), choices=Sort.choices, initial=Sort.OBLIGATION)
    what = forms.CharField(
        label=_("What the holder has to do"),
        required=False,
        max_length=1000,
        help_text=_("A few words, as the letter is to say them: “Report on progress”, “Start of operation”."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    evidence = forms.CharField(
        label=_("What shows that it was done"),
        required=False,
        max_length=1000,
        help_text=_("The evidence wanted, for example “the verification report”. Empty: it is left open."),
    )
    when = forms.ChoiceField(label=_("When it falls due"), choices=When.choices, initial=When.MONTHS)
    number = forms.IntegerField(
        label=_("How many months or days"),
        required=False,
        min_value=1,
        max_value=10_000,
        error_messages={"invalid": _("Give a whole number, in figures only.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
    )
    on = forms.DateField(
        label=_("The fixed day, if it is one"),
        required=False,
        widget=DayInput,
        error_messages={"invalid": _("Give the day as year, month, day.")},
    )
    every = forms.IntegerField(
        label=_("Again every so many months"),
        required=False,
        min_value=1,
        max_value=1200,
        help_text=_("Empty: it falls due once."),
        error_messages={"invalid": _("Give a whole number, in figures only.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
    )
    remind = forms.CharField(
        label=_("Days before, on which the holder is reminded"),
        required=False,
        max_length=60,
        help_text=_("For example: 30, 7"),
    )
    amount = forms.DecimalField(
        label=_("Amount to be paid"),
        required=False,
        min_value=Decimal("0.0001"),
        max_digits=16,
        decimal_places=4,
        help_text=_("Only where it is a fee."),
        error_messages={"invalid": _("Give the amount in figures, such as 250 or 0.25.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "10"}),
    )
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, widget=forms.TextInput(attrs={"size": "4"})
    )
    per_tonne = forms.BooleanField(
        label=_("The amount is for each tonne covered of the issuance"), required=False
    )
    basis = forms.CharField(
        label=_("Legal basis"),
        required=False,
        max_length=300,
        help_text=_("Where a law or a contract asks for it."),
    )

    def __init__(
        self, *args: Any, standing: Mapping[str, Requirement], sorts: Sequence[Sort], **options: Any
    ) -> None:
        self._standing = standing
        self.requirement: Requirement | None = None
        super().__init__(*args, **options)
        self.fields["sort"].choices = [(one.value, one.label) for one in sorts]  # type: ignore[attr-defined]
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            tick = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = (
                "form-select" if select else "form-check-input" if tick else "form-control"
            )
            field.widget.use_required_attribute = lambda initial: False

    @property
    def of_procedure(self) -> Requirement | None:
        """The procedure's own that the row began with; None for one that this decision adds."""
        return self._standing.get(str(self["code"].value() or ""))

    @property
    def is_empty(self) -> bool:
        """Whether the row says nothing, and is none of the procedure's."""
        said = ("what", "evidence", "number", "on", "every", "amount", "basis")
        given = self.cleaned_data
        return given.get("code", "") not in self._standing and not any(given.get(name) for name in said)

    def clean_currency(self) -> str:
        """A code of ISO 4217, in capital letters."""
        code: str = self.cleaned_data["currency"].strip().upper()
        if code and pycountry.currencies.get(alpha_3=code) is None:
            raise ValidationError(_("Give the currency by its three letters, such as USD."))
        return code

    def clean_remind(self) -> tuple[int, ...]:
        """The days before, in the order in which they were written."""
        parts = re.split(r"[\s,;]+", self.cleaned_data["remind"].strip())
        written = [part for part in parts if part]
        if any(not part.isascii() or not part.isdecimal() or len(part) > 4 for part in written):
            raise ValidationError(_("Give whole numbers of days, separated by commas."))
        return tuple(int(part) for part in written)

    def clean(self) -> dict[str, Any]:
        """With `requirement`, where the row asks something and holds together."""
        given = self.cleaned_data
        if self.errors or self.is_empty:
            return given
        if not given["what"].strip():
            self.add_error("what", _("Say what the holder has to do, or remove the row."))
            return given
        when = When(given["when"])
        if when == When.ON and given["on"] is None:
            self.add_error("on", _("Give the day."))
        elif when not in (When.ON, When.OPEN) and given["number"] is None:
            self.add_error("number", _("Give the number."))
        if self.errors:
            return given
        found = self._requirement(when)
        for key, fault in faults(found):
            self.add_error(_BESIDE.get(key, key), fault)
        self.requirement = found if not self.errors else None
        return given

    def _requirement(self, when: When) -> Requirement:
        given = self.cleaned_data
        base = self._standing.get(given["code"])
        begun = base or Requirement(code=given["code"] or "new", sort=Sort.OBLIGATION, name={})
        number = given["number"]
        return replace(
            begun,
            sort=Sort(given["sort"]),
            name=_in_words(base.name if base else {}, base.label if base else "", given["what"]),
            evidence=_in_words(
                base.evidence if base else {}, base.shown_by if base else "", given["evidence"]
            ),
            basis=given["basis"],
            since=Since.ISSUANCE if when.after_issuance else Since.GRANT,
            on=given["on"] if when == When.ON else None,
            months=number if when.value.endswith("months") else None,
            days=number if when.value.endswith("days") else None,
            every=given["every"],
            once=when in (When.FIRST_MONTHS, When.FIRST_DAYS),
            remind=given["remind"],
            amount=given["amount"],
            currency=given["currency"],
            per_tonne=given["per_tonne"],
        )


def _in_words(texts: Mapping[str, str], shown: str, written: str) -> Mapping[str, str]:
    """In every language where nothing was changed, else in the language of the page alone."""
    if written.split() == shown.split():
        return texts
    # It stands in a sentence of the letter: in one line, however it was written.
    return {get_language() or "en": " ".join(written.split())} if written.strip() else {}


def _begun(asked: Requirement) -> dict[str, Any]:
    """The row of a requirement, as it is first shown."""
    unit = "months" if asked.months is not None else "days"
    prefix = "" if asked.since == Since.GRANT else "first_" if asked.once else "issuance_"
    when = When.ON if asked.on else When(f"{prefix}{unit}")
    if asked.on is None and asked.months is None and asked.days is None:
        when = When.OPEN
    return {
        "code": asked.code,
        "sort": asked.sort,
        "what": asked.label,
        "evidence": asked.shown_by,
        "when": when,
        "number": asked.months if asked.months is not None else asked.days,
        "on": asked.on,
        "every": asked.every,
        "remind": ", ".join(str(days) for days in asked.remind),
        "amount": f"{asked.amount:f}" if asked.amount is not None else "",
        "currency": asked.currency,
        "per_tonne": asked.per_tonne,
        "basis": asked.basis,
    }


if TYPE_CHECKING:
    _Rows = forms.BaseFormSet[RequirementForm]
else:
    _Rows = forms.BaseFormSet


class Asking(_Rows):
    """The rows of one decision; where none were sent, the procedure's own stand."""

    def __init__(self, data: Any = None, *, case: Case, place: str) -> None:
        self.standing = {one.code: one for one in standing_requirements(case)}
        sorts = list(Sort) if case.kind in AUTHORISING else [Sort.OBLIGATION]
        sent = data is not None and f"{PREFIX}-TOTAL_FORMS" in data
        super().__init__(
            data if sent else None,
            prefix=PREFIX,
            auto_id=f"{place}_%s",
            initial=None if sent else [_begun(one) for one in self.standing.values()],
            form_kwargs={"standing": self.standing, "sorts": sorts},
        )

    def holds(self) -> bool:
        """Whether every row that says something holds together."""
        return not self.is_bound or self.is_valid()

    def requirements(self) -> list[Requirement]:
        """What is asked besides the procedure's own, and of these what is asked otherwise."""
        if not self.is_bound:
            return []
        found = [form.requirement for form in self.forms if form.requirement is not None]
        return [one for one in found if self.standing.get(one.code) != one]

    def left_out(self) -> list[str]:
        """The codes of the procedure's own whose rows were removed."""
        if not self.is_bound:
            return []
        shown = {str(form["code"].value() or "") for form in self.forms}
        return [code for code in self.standing if code not in shown]

    def mistakes(self) -> Iterable[tuple[str, str]]:
        """Every mistake: the id of its field, and the sentence with the number of its row."""
        for number, form in enumerate(self.forms if self.is_bound else (), start=1):
            for name, sentences in form.errors.items():
                anchor = form[name].id_for_label if name in form.fields else ""
                for sentence in sentences:
                    yield anchor, str(_("Row %(number)s: %(fault)s") % {"number": number, "fault": sentence})


_FormSet = forms.formset_factory(
    RequirementForm, formset=Asking, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


def asking_in(case: Case, data: Any = None, *, place: str) -> Asking | None:
    """The rows of a decision on the case; None where a decision of its kind can ask nothing."""
    if case.kind not in ASKING:
        return None
    return cast(Asking, cast(Any, _FormSet)(data, case=case, place=place))


def with_one_more(data: QueryDict) -> QueryDict:
    """What was filled in, with an empty row at the end."""
    return _with_rows(data, lambda rows: [*rows, {}][:MOST_ROWS])


def without(data: QueryDict, number: str) -> QueryDict:
    """What was filled in, without the row of this place (from nought)."""
    return _with_rows(data, lambda rows: [row for place, row in enumerate(rows) if str(place) != number])


def _with_rows(data: QueryDict, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> QueryDict:
    """The same data with other rows, numbered anew."""
    total = data.get(f"{PREFIX}-TOTAL_FORMS", "0")
    count = min(int(total), MOST_ROWS) if total.isascii() and total.isdecimal() else 0
    rows: list[dict[str, str]] = [{} for _place in range(count)]
    left = data.copy()
    for name in list(data):
        found = _ROW.match(name)
        if found is None:
            continue
        del left[name]
        if int(found[1]) < count:
            rows[int(found[1])][found[2]] = str(data[name])
    rows = change(rows)
    for place, row in enumerate(rows):
        for name, value in row.items():
            left[f"{PREFIX}-{place}-{name}"] = value
        if not row:
            left[f"{PREFIX}-{place}-sort"] = Sort.OBLIGATION.value
            left[f"{PREFIX}-{place}-when"] = When.MONTHS.value
    left[f"{PREFIX}-TOTAL_FORMS"] = str(len(rows))
    left[f"{PREFIX}-INITIAL_FORMS"] = "0"
    return left
