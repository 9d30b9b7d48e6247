"""Forms by which a person acts on a record: what every one of them carries, and how it is laid out."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from workflow.actors import Person


class DayInput(forms.DateInput):
    """A day, by the browser's own calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


_CLASS_OF_WIDGET: Mapping[type[forms.Widget], str] = {
    forms.CheckboxSelectMultiple: "form-check-input",
    forms.RadioSelect: "form-check-input",
    forms.CheckboxInput: "form-check-input",
    forms.Select: "form-select",
}


class ActForm(forms.Form):
    """One act: the version of the record that the person saw, the office in which they act, and a key.

    The key is made with the page: pressing a button twice sends the same key twice, and the act is
    carried out once. Ids of fields begin with the step's name, so that several forms share a page.
    """

    step: ClassVar[str]

    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    office = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, place: str = "", **options: Any) -> None:
        options.setdefault("auto_id", f"{self.step}{place}_%s")
        super().__init__(data, **options)
        self.dress()

    def dress(self) -> None:
        """Gives every field its look; fields that a form adds by itself are dressed once they are there."""
        for field in self.fields.values():
            kind = next((kind for kind in _CLASS_OF_WIDGET if isinstance(field.widget, kind)), None)
            look = _CLASS_OF_WIDGET[kind] if kind is not None else "form-control"
            field.widget.attrs.setdefault("class", look)
            field.widget.use_required_attribute = lambda initial: False

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Every mistake in what was filled in: the id of its field, and the sentence."""
        return [
            (str(self[name].id_for_label or self[name].auto_id) if name in self.fields else "", str(sentence))
            for name, sentences in self.errors.items()
            for sentence in sentences
        ]

    def written(self) -> list[tuple[str, str]]:
        """What was written in words, by the name of its field: for whoever cannot send it any more."""
        texts = [field for field in self.visible_fields() if isinstance(field.field.widget, forms.Textarea)]
        return [(str(field.label), str(field.value())) for field in texts if field.value()]

    def again(self, values: Mapping[str, Any]) -> Self:
        """The same form with what was filled in, to be sent as a new act on the record as now shown."""
        data = cast(QueryDict, self.data).copy()
        for name, value in values.items():
            data[name] = "" if value is None else str(value)
        self.data = data
        return self


def fresh(record_version: int, actor: Person) -> dict[str, Any]:
    """What a form carries when its page is made: the version shown, a new key, and the actor's office."""
    office = actor.office.public_id if actor.office is not None else None
    return {"seen": record_version, "key": uuid4(), "office": office}


class WantedDay(forms.DateField):
    """A day that must be given; where it is not, the use-case says so with all its other reasons."""

    def validate(self, value: Any) -> None:
        """Nothing: the page says that it is wanted, and the use-case refuses without it."""


class WantedText(forms.CharField):
    """A text that must be given; where it is not, the use-case says so with all its other reasons."""

    def validate(self, value: Any) -> None:
        """Nothing: the page says that it is wanted, and the use-case refuses without it."""


def wanted_text(label: Any, *, rows: int = 3, help_text: Any = "") -> WantedText:
    """Such a text, of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return WantedText(label=label, help_text=help_text, max_length=20_000, widget=widget)


def lines(text: str) -> list[str]:
    """What was written, one entry per line; empty lines are none."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def long_text(label: Any, *, rows: int = 4, required: bool = False, help_text: Any = "") -> forms.CharField:
    """A text of several lines. What must not be empty is for the use-case to say, unless `required`."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


ONE_PER_LINE = _("One per line.")
