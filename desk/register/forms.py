"""The search of the register."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from authorisation.lifecycle_of_authorisations import State
from desk.register.selectors import Search


class SearchForm(forms.Form):
    """What to look for in the register. What cannot be read is left aside."""

    text = forms.CharField(
        label=_("Words"),
        help_text=_(
            "From the activity, its number in a registry, the holder, the approach or the identifier."
        ),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )
    party = forms.ChoiceField(
        label=_("Party"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    use = forms.ChoiceField(
        label=_("Use"),
        required=False,
        choices=[
            ("", _("Any use")),
            ("NDC", _("Nationally determined contributions (NDC)")),
            ("IMP", _("International mitigation purposes (IMP)")),
            ("OP", _("Other purposes (OP)")),
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *State.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    after = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, parties: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["party"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Any Party")), *parties]

    def search(self) -> Search:
        """What is looked for, as far as it could be read."""
        self.is_valid()
        given = self.cleaned_data
        return Search(**{name: given.get(name, "") for name in ("text", "party", "use", "state")})

    def place(self) -> str:
        """The authorisation at the end of the page before, if any."""
        self.is_valid()
        return str(self.cleaned_data.get("after", ""))
