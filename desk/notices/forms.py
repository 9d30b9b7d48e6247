"""From where on notices are shown, which of them is meant, and whether they are mailed."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _


class PlaceForm(forms.Form):
    """The notice at the end of the page before. What cannot be read is left aside."""

    after = forms.UUIDField(required=False)

    def place(self) -> UUID | None:
        """The notice named, if any."""
        self.is_valid()
        named: UUID | None = self.cleaned_data.get("after")
        return named


class MarkForm(forms.Form):
    """Which notice is marked; none means all."""

    notice = forms.UUIDField(required=False)
    unread = forms.BooleanField(required=False)


class PreferenceForm(forms.Form):
    """Whether notices are mailed too."""

    by_mail = forms.BooleanField(label=_("Send me my notices by e-mail too"), required=False)
