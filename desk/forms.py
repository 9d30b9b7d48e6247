"""What pages are asked: the filter of the list of cases, and the code of a letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from authorisation.lifecycle import State
from desk.letter_codes import code_as_printed


class CaseListForm(forms.Form):
    """Which cases to list, and from where on. What cannot be read is left aside."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *State.choices]
    )
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """The values that could be read."""
        self.is_valid()
        return self.cleaned_data


class CheckForm(forms.Form):
    """The code printed on a letter."""

    code = forms.CharField(
        label=_("Code of the letter"),
        help_text=_("Twelve letters and digits, printed beside the square pattern, such as 7K2M-Q9XW-4TNB."),
        max_length=100,
        error_messages={"required": _("Enter the code that is printed on the letter.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": "20"}),
    )

    def clean_code(self) -> str:
        """The code as it is printed."""
        code = code_as_printed(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("A code has twelve letters and digits. Compare what you entered with the letter.")
            )
        return code
