"""What pages are asked: the filter of the list of cases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from authorisation.lifecycle import State


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
