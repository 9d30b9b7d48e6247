"""The forms of service accounts and tokens."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope


class ServiceAccountForm(forms.Form):
    """A program that is to act for the organisation."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What the program is, such as “registry, production”. One account for each program."),
    )


class TokenForm(forms.Form):
    """What a token opens, and for how long."""

    scopes = forms.MultipleChoiceField(
        label=_("What may be done with it?"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=_("For how many days?"), min_value=1, max_value=366, initial=90, help_text=_("At most 366.")
    )
