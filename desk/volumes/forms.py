"""What is asked of whoever sets a ceiling."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from projects import codes
from projects.models import NdcPeriod


class CeilingForm(forms.Form):
    """A ceiling of an NDC period: the budget of the whole, or the cap of a sector."""

    period = forms.ChoiceField(label=_("NDC period"))
    sector = forms.ChoiceField(
        label=_("Sector"), required=False, help_text=_("Empty for the budget of the whole period.")
    )
    tonnes = forms.IntegerField(
        label=_("Ceiling, in t CO₂ eq"),
        min_value=0,
        max_value=2**53 - 1,
        error_messages={"invalid": _("Give whole tonnes, in figures only.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "14"}),
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=500,
        help_text=_("The law, the decision or the part of the contribution that lays it down."),
    )

    def __init__(self, data: Any = None, *, authority: Authority, **options: Any) -> None:
        super().__init__(data, **options)
        self.periods = {
            f"{one.first_year}-{one.last_year}": one
            for one in NdcPeriod.objects.filter(party=authority.party).order_by("first_year", "last_year")
        }
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            (key, key.replace("-", "–")) for key in self.periods
        ]
        self.fields["sector"].choices = [  # type: ignore[attr-defined]
            ("", _("All sectors")),
            *((sector, sector) for sector in codes.SECTORS.codes),
        ]
