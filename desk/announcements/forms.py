"""The forms by which the desk records that somebody was told, and where it writes by itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from authorisation.lifecycle_of_announcements import State
from authorisation.recipients import Recipient
from authorisation.services.announcements import WRITTEN_TO
from desk.act_forms import ActForm, DayInput, WantedDay, wanted_text


class ListForm(forms.Form):
    """Which of the list are shown, and from where on. What cannot be read is left aside."""

    recipient = forms.ChoiceField(required=False, choices=[("", ""), *Recipient.choices])
    state = forms.ChoiceField(required=False, choices=[("", ""), *State.choices])
    after = forms.UUIDField(required=False)


class DoneForm(ActForm):
    """On which day they were told, and where that can be seen."""

    step = "record_done"

    on = WantedDay(label=_("Day on which it was done"), widget=DayInput)
    link = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Where it can be seen. For the UN platform it must be given."),
    )


class ExcuseForm(ActForm):
    """Why nobody has to be told."""

    step = "excuse"

    reasons = wanted_text(_("Reason"))


class CorrespondentForm(forms.Form):
    """To whom an authority writes by itself, and at which address."""

    recipient = forms.ChoiceField(
        label=_("Who"), choices=[(one.value, one.label) for one in WRITTEN_TO], widget=forms.Select
    )
    whom = forms.CharField(
        label=_("Which"),
        max_length=200,
        help_text=_("The code of the Party, or the registry or standard as letters name it."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Left empty, the authority no longer writes there by itself."),
    )

    def __init__(self, *args: object, authority: Authority, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.authority = authority
