"""The form of an endpoint."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.webhooks.kinds import EventKind


class EndpointForm(forms.Form):
    """Where a program, or the systems of an authority, are told, and of what."""

    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("It begins with https:// and can be reached from everywhere."),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Told when"),
        choices=EventKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
