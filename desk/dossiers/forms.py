"""The form in which a dossier is handed in."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _


class DossierForm(forms.Form):
    """A dossier, to which authority it goes, and for which organisation."""

    authority = forms.ChoiceField(
        label=_("To which authority do you apply?"),
        help_text=_("That of the country in which the activity takes place."),
    )
    organisation = forms.ChoiceField(
        label=_("For which organisation?"), help_text=_("Yours, or one whose mandate yours holds.")
    )
    file = forms.FileField(
        label=_("Dossier"),
        help_text=_("The file that was made with “Take the application along”, here or elsewhere."),
        max_length=200,
    )

    def __init__(
        self,
        *given: Any,
        authorities: list[tuple[str, str]],
        organisations: list[tuple[str, str]],
    ) -> None:
        super().__init__(*given)
        for name, offered in (("authority", authorities), ("organisation", organisations)):
            cast(forms.ChoiceField, self.fields[name]).choices = offered
