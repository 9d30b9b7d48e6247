"""What is asked of whoever entitles a registry, or ends that."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors import organisation_with
from desk.act_forms import DayInput, long_text
from desk.documents.forms import file_field
from desk.people.forms import Country


class GrantForm(forms.Form):
    """An organisation that shall record for a registry, from-until, and what entitles it."""

    country = Country(label=_("Country of the organisation that runs the registry"))
    identification = forms.CharField(label=_("Its identification number there"), max_length=100)
    registry = forms.CharField(
        label=_("Registry"),
        max_length=200,
        help_text=_(
            "As letters name it: it records for outcomes that are tracked there. Write “mechanism” for that "
            "of Article 6.4."
        ),
    )
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=DayInput, help_text=_("Empty: until it is ended.")
    )
    basis = forms.CharField(
        label=_("What entitles it"),
        required=False,
        max_length=500,
        help_text=_("The agreement or the decision, by its number and day."),
    )
    file = file_field(_("Or the document that entitles it"), required=False)

    def clean(self) -> dict[str, Any]:
        """With the organisation itself, as `organisation`."""
        given = super().clean() or self.cleaned_data
        if given.get("country") and given.get("identification"):
            found = organisation_with(
                country=given["country"], identification=given["identification"].strip()
            )
            if found is None:
                self.add_error(
                    "identification",
                    _("No organisation with this number has an account here. Ask it to register first."),
                )
            given["organisation"] = found
        return given


class EndForm(forms.Form):
    """Why an entitlement is ended."""

    reasons = long_text(_("Why is it ended?"), rows=3, help_text=_("The registry reads it."))
