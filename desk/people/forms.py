"""What the pages about organisations, their vetting, offices and applications on paper ask."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function, Office, Organisation, Tenure, User, Vetting
from accounts.names import LANGUAGES, country_codes, country_name, in_language
from accounts.selectors import organisation_with
from authorisation.kinds import Kind
from authorisation.procedures import BUILT_IN


class ConfirmForm(forms.Form):
    """Asks nothing but to go on."""


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _email(label: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )


def _countries() -> list[tuple[str, str]]:
    language = get_language() or "en"
    named = [(code, country_name(code, language)) for code in country_codes()]
    return [("", ""), *sorted(named, key=lambda country: country[1])]


class _Country(forms.ChoiceField):
    """A country, by its name in the language of the page."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(label=label, choices=_countries)


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=300)
    name_latin = forms.CharField(
        label=_("Name in Latin script"),
        max_length=300,
        required=False,
        help_text=_("Where the name is written in another script."),
    )
    country = _Country(label=_("Country of incorporation"))
    identification = forms.CharField(
        label=_("Identification number there"),
        max_length=100,
        help_text=_("From the register of companies or associations. The authority compares it."),
    )


class InvitationForm(forms.Form):
    """A colleague to be invited."""

    email = _email(_("E-mail address of your colleague"))


class MandateForm(forms.Form):
    """An organisation that shall act for another."""

    country = _Country(label=_("Country of the organisation that shall act for yours"))
    identification = forms.CharField(label=_("Its identification number there"), max_length=100)
    starts_on = _day(_("From"))
    ends_on = _day(_("Until"), required=False, help_text=_("Empty: until you end it."))

    def clean(self) -> dict[str, Any]:
        """With the organisation itself, as `mandatary`."""
        given = super().clean() or self.cleaned_data
        if given.get("country") and given.get("identification"):
            found = organisation_with(
                country=given["country"], identification=given["identification"].strip()
            )
            if found is None:
                raise forms.ValidationError(
                    _("No organisation with this number has an account here. Ask it to register first.")
                )
            given["mandatary"] = found
        return given


class AskForVettingForm(forms.Form):
    """The authority that shall look at an organisation."""

    authority = forms.ModelChoiceField(queryset=Authority.objects.none(), label=_("Authority"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Vetting.objects.filter(organisation=organisation, outcome__in=["", Vetting.Outcome.ACCEPTED])
        field: Any = self.fields["authority"]
        field.queryset = Authority.objects.exclude(pk__in=known.values("authority"))
        field.label_from_instance = lambda one: in_language(one.name, get_language() or "en")
        field.to_field_name = "public_id"


class VettingForm(forms.Form):
    """The answer to an organisation that asks to be let in."""

    outcome = forms.ChoiceField(
        label=_("May the organisation act towards this authority?"),
        choices=[
            (Vetting.Outcome.ACCEPTED.value, _("Yes, it is who it says it is")),
            (Vetting.Outcome.REFUSED.value, _("No")),
        ],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        required=False,
        help_text=_("Needed for a refusal; the organisation reads them."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class _HolderForm(forms.Form):
    email = _email(_("E-mail address of the account"))

    def clean_email(self) -> str:
        """The address, of which there is an account; `person` holds whose."""
        email = str(self.cleaned_data["email"]).strip().lower()
        self.person = User.objects.filter(email=email, is_active=True).first()
        if self.person is None:
            raise forms.ValidationError(_("Nobody has an account with this address. Ask them to open one."))
        return email


class AppointmentForm(_HolderForm):
    """Somebody to hold an office."""

    starts_on = _day(_("From"))
    ends_on = _day(_("Until"), required=False, help_text=_("Empty: until you end it."))


class DeputyForm(_HolderForm):
    """Somebody to hold an office while its holder is absent, or has delegated it."""

    starts_on = _day(_("From"))
    ends_on = _day(_("Until"), help_text=_("The last day; the office falls back by itself."))


class EndForm(forms.Form):
    """The last day of a tenure."""

    ends_on = _day(_("Last day"), help_text=_("With yesterday it ends at once, and so do the sessions."))


class OfficeForm(forms.Form):
    """A new office."""

    function = forms.ChoiceField(label=_("Function"), choices=Function.choices)
    body = forms.ChoiceField(
        label=_("Reviewing body"),
        required=False,
        choices=[("", ""), *((body, body) for body in BUILT_IN.bodies)],
        help_text=_("For reviewers only."),
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language of the title"), choices=[(tag, tag) for tag in LANGUAGES])


class TenureForm(forms.Form):
    """Names one tenure by its holder and first day: a person may hold an office twice."""

    person = forms.UUIDField()
    starts_on = forms.DateField()

    def found_in(self, office: Office) -> Tenure | None:
        """The tenure meant, if it is one of this office."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        tenures = office.tenures.select_related("person", "office__authority")
        return tenures.filter(person__public_id=given["person"], starts_on=given["starts_on"]).first()


class PaperForm(forms.Form):
    """An application that came on paper: where it arrived, who applies, for what, and the scan."""

    office = forms.ChoiceField(label=_("Your office"))
    kind = forms.ChoiceField(
        label=_("What is applied for"),
        choices=[(kind.value, kind.label) for kind in Kind if kind in BUILT_IN.kinds],
    )
    name = forms.CharField(label=_("Name of the applicant"), max_length=300)
    country = _Country(label=_("Country of incorporation"))
    identification = forms.CharField(
        label=_("Identification number there"),
        max_length=100,
        help_text=_("An organisation that has an account here is found by it."),
    )
    title = forms.CharField(label=_("Title of the activity"), max_length=300)
    scan = forms.FileField(
        label=_("Scan of the signed paper"),
        help_text=_("PDF, at most 50 MB. The paper stays the original."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
    declared = forms.BooleanField(
        label=_("The applicant has signed the declaration that everything in the application is true")
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        field: Any = self.fields["office"]
        field.choices = [
            (
                str(office.public_id),
                f"{in_language(office.title, language)}, {in_language(office.authority.name, language)}",
            )
            for office in offices
        ]

    def clean_scan(self) -> Any:
        """The file, which begins as a PDF does, whatever it is called."""
        scan = self.cleaned_data["scan"]
        if not scan.read(5).startswith(b"%PDF-"):
            raise forms.ValidationError(_("This file is no PDF. Scan the paper to PDF."))
        scan.seek(0)
        return scan
