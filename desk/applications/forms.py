"""The forms of the journey. A section's form shows what stands, and beside it what is wrong with it."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from desk.applications.places import Place, Raw, at_place
from desk.applications.questions import Codes, Field, Group, Part, Records, Rows, Section, overlaps
from desk.applications.reading import Problem
from desk.applications.rows import Row, row_name, row_of, rows_of
from desk.applications.typed import Answer, Day, Several, Typed

_LOCKED = _("Locked: the authority did not ask about this.")


class SectionForm(forms.Form):
    """The questions of one section, filled with what stands in the application.

    Its fields refuse nothing: every problem comes from reading the application as a whole. `marks` are those
    of what the person was shown (`overtaking`). Where only some places are `opened`, the questions about
    others are shown with their answers and cannot be changed.
    """

    def __init__(
        self,
        section: Section,
        content: Mapping[str, Raw],
        problems: Iterable[Problem] = (),
        *,
        more: str = "",
        marks: Mapping[str, str] | None = None,
        opened: frozenset[Place] | None = None,
    ) -> None:
        self._opened = opened
        self.has_locked = False
        self._marks = marks or {}
        self._section, self._content, self._more = section, content, more
        self._typed: Typed = {}
        self._made: dict[str, forms.Field] = {}
        self._anchors: dict[str, str] = {}
        self.asked: list[str] = []
        layout = [made for part in section.parts for made in self._lay_out(part)]
        super().__init__(MultiValueDict(self._typed), auto_id="id_%s")
        self.fields.update(self._made)
        self.full_clean()
        self.summary = [self._place(problem) for problem in problems if section.holds(problem.place)]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.field_template = "desk/applications/field.html"
        self.helper.layout = Layout(*layout)

    def asked_with_marks(self) -> list[tuple[str, str]]:
        """The questions that are asked, each with the mark of the answer that its person was shown."""
        return [(name, self._marks.get(name, "")) for name in self.asked]

    def _lay_out(self, part: Part) -> list[Any]:
        if isinstance(part, Group):
            inner = [made for field in part.fields for made in self._lay_out(field)]
            return [Fieldset(part.legend, *_hint(part.help), *inner, css_class="group")] if inner else []
        if not part.applies(self._content):
            return []
        if not self._is_open(part):
            return self._lay_out_locked(part)
        self.asked.append(part.name)
        if isinstance(part, Field):
            raw = at_place(self._content, part.place)
            return [self._ask(part.name, part.answer, raw, label=part.label, help_text=part.help)]
        return [self._lay_out_rows(part)]

    def _is_open(self, part: Field | Rows) -> bool:
        """Whether the question, or anything below it, may be answered anew."""
        opened = self._opened
        return opened is None or any(overlaps(part.place, place) for place in opened)

    def _lay_out_locked(self, part: Field | Rows) -> list[Any]:
        """The question with its answer as it stands, which is not sent."""
        self.has_locked = True
        if isinstance(part, Rows):
            laid = self._lay_out_rows(part, locked=True)
            made = [name for name in self._made if name.startswith(f"{part.name}-")]
        else:
            raw = at_place(self._content, part.place)
            laid = self._ask(part.name, part.answer, raw, label=part.label, help_text=_LOCKED)
            made = [part.name]
        for name in made:
            self._made[name].widget.attrs["disabled"] = True
        return [laid]

    def _ask(self, name: str, answer: Answer, raw: Raw, **words: Any) -> str:
        self._typed |= answer.write(name, raw)
        self._made[name] = forms.Field(required=False, widget=answer.widget(raw), **words)
        self._anchors[name] = f"id_{name}_0" if isinstance(answer, Day | Several) else f"id_{name}"
        return name

    def _lay_out_rows(self, asked: Rows, *, locked: bool = False) -> Fieldset:
        rows = rows_of(asked, self._content)
        added = asked.empty if not rows else asked.more if self._more == asked.name else 0
        if locked:
            added = 0
        shown = [*rows, *({} for _number in range(added))]
        made = [
            self._lay_out_row(asked, number, row, removable=not locked and number < len(rows))
            for number, row in enumerate(shown)
        ]
        add = [] if locked else [Shown("desk/applications/add_row.html", asked=asked)]
        hint = _LOCKED if locked else asked.help
        return Fieldset(asked.label, *_hint(hint), *made, *add, css_class=f"group rows {_kind(asked)}")

    def _lay_out_row(self, asked: Rows, number: int, row: Row, *, removable: bool) -> Any:
        called = asked.one % {"number": number + 1}
        names = [
            self._ask(
                row_name(asked, number, column.key),
                column.answer,
                row.get(column.key),
                label=called if isinstance(asked, Codes) else column.label,
                help_text=column.help,
            )
            for column in asked.columns
        ]
        remove = Shown("desk/applications/remove_row.html", asked=asked, number=number, called=called)
        parts = [*names, *([remove] if removable else [])]
        css_id = f"{asked.name}-{number}"
        if isinstance(asked, Codes):
            return Div(*parts, css_class="one-row", css_id=css_id)
        return Fieldset(called, *parts, css_class="one-row", css_id=css_id)

    def _place(self, problem: Problem) -> tuple[str, str]:
        """Shows a problem beside its field; gives the anchor of the field, and the words."""
        name = self._field_for(problem.place)
        if name in self.fields:
            self.add_error(name, problem.words)
            widget = self.fields[name].widget
            if "class" in widget.attrs:
                widget.attrs["class"] += " is-wrong"
        return self._anchors.get(name, ""), problem.words

    def _field_for(self, place: tuple[str | int, ...]) -> str:
        asked = self._section.asked_at(place)
        if asked is None:
            return ""
        if isinstance(asked, Field):
            return asked.name
        number, key = row_of(asked, self._content, place[len(asked.place) :])
        return row_name(asked, number, key)


def _kind(asked: Rows) -> str:
    return "records" if isinstance(asked, Records) else "in-lines"


class Shown:
    """A piece of a layout that is made from a template."""

    def __init__(self, template: str, **context: Any) -> None:
        self._template, self._context = template, context

    def render(self, *_about_the_form: Any, **_more: Any) -> str:
        """What crispy forms asks of every piece of a layout."""
        return render_to_string(self._template, self._context)


def _hint(words: Any) -> list[Shown]:
    return [Shown("desk/applications/hint.html", words=words)] if words else []


class NewApplicationForm(forms.Form):
    """Where to apply, for whom, for what, and about which activity."""

    authority = forms.ChoiceField(
        label=_("To which authority do you apply?"),
        help_text=_("That of the country in which the activity takes place."),
        error_messages={"required": _("Choose the authority."), "invalid_choice": _("Choose the authority.")},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    organisation = forms.ChoiceField(
        label=_("For which organisation?"),
        help_text=_("Yours, or one whose mandate yours holds."),
        error_messages={
            "required": _("Choose the organisation."),
            "invalid_choice": _("Choose the organisation."),
        },
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    kind = forms.ChoiceField(
        label=_("What do you ask for?"),
        error_messages={
            "required": _("Choose what you ask for."),
            "invalid_choice": _("This authority does not offer that. Choose another."),
        },
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    title = forms.CharField(
        label=_("What is the activity called?"),
        help_text=_("A working title will do: you can change it until you submit."),
        max_length=500,
        error_messages={"required": _("Give the activity a title.")},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(
        self,
        sent: Mapping[str, Any] | None,
        *,
        authorities: list[tuple[str, str]],
        organisations: list[tuple[str, str]],
        kinds: list[tuple[str, Any]],
    ) -> None:
        super().__init__(sent)
        for name, offered in (("authority", authorities), ("organisation", organisations), ("kind", kinds)):
            field = self.fields[name]
            several = len(offered) > 1 and name != "kind"
            cast(forms.ChoiceField, field).choices = [*([("", _("Choose"))] if several else []), *offered]
            # Where there is one choice only, it is made.
            self.initial[name] = "" if len(offered) > 1 else offered[0][0] if offered else ""
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.field_template = "desk/applications/field.html"

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every error: the anchor of its field, and the words."""
        return [
            (f"id_{name}_0" if name == "kind" else f"id_{name}", str(words))
            for name, found in self.errors.items()
            for words in found
        ]
