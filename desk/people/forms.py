"""What the pages about organisations, their vetting, offices and applications on paper ask."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function, Office, Organisation, Tenure, User, Vetting
from accounts.names import LANGUAGES, country_codes, country_name, in_language
from accounts.selectors import organisation_with
from authorisation.application import APPLICATION_KINDS
from authorisation.procedures.shape import Procedure


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


class Country(forms.ChoiceField):
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
    country = Country(label=_("Country of incorporation"))
    identification = forms.CharField(
        label=_("Identification number there"),
        max_length=100,
        help_text=_("From the register of companies or associations. The authority compares it."),
    )


class InvitationForm(forms.Form):
    """A colleague to be invited."""

    email = _email(_("E-mail address of your colleague"))


class FirstPersonForm(forms.Form):
    """The first person of an organisation to be invited."""

    email = _email(_("E-mail address of the person at the organisation"))


class MandateForm(forms.Form):
    """An organisation that shall act for another."""

    country = Country(label=_("Country of the organisation that shall act for yours"))
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
    of_the_state = forms.BooleanField(
        label=_("It is a part of the State of this authority"),
        required=False,
        help_text=_("The letter and the register say so, and its own unit acts on none of its cases."),
    )
    unit = forms.CharField(
        label=_("Unit of the authority that it belongs to"),
        max_length=100,
        required=False,
        help_text=_("As it stands in the offices of the authority. Only for a part of the State."),
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
    """When a tenure ends: `ends_on` is its last day, None where it ends at once."""

    AT_ONCE, WITH_A_DAY = "at once", "with a day"

    when = forms.ChoiceField(
        label=_("When does it end?"),
        choices=[
            (AT_ONCE, _("At once: the person is signed out, and may do nothing more in this office")),
            (WITH_A_DAY, _("With a day, which is the last one")),
        ],
        widget=forms.RadioSelect,
    )
    ends_on = _day(_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        """With the last day, or None for at once."""
        given = super().clean() or self.cleaned_data
        if given.get("when") == self.AT_ONCE:
            given["ends_on"] = None
        elif given.get("when") == self.WITH_A_DAY and not given.get("ends_on") and "ends_on" in given:
            self.add_error("ends_on", _("Enter the last day."))
        return given


class SetUpCodeForm(forms.Form):
    """The code that came with an office."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=40,
        help_text=_("Twelve letters and digits, in groups of four."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class WithdrawVettingForm(forms.Form):
    """Why an organisation may no longer act towards an authority."""

    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("The organisation reads them, on its page and in a mail."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PaperMandateForm(forms.Form):
    """A power of attorney on paper, of an organisation that has no account here."""

    name = forms.CharField(label=_("Name of the organisation for which you act"), max_length=300)
    country = Country(label=_("Country of incorporation"))
    identification = forms.CharField(label=_("Identification number there"), max_length=100)
    authority = forms.ModelChoiceField(
        queryset=Authority.objects.all(),
        label=_("Authority towards which you act"),
        to_field_name="public_id",
        help_text=_("Show the paper to this authority: the mandate holds once it has confirmed it."),
    )
    reference = forms.CharField(
        label=_("Reference of the paper"),
        max_length=200,
        help_text=_("Its number, or who signed it where it has none."),
    )
    dated_on = _day(_("Date of the paper"))
    starts_on = _day(_("You act from"))
    ends_on = _day(_("You act until"), required=False, help_text=_("Empty: until it is ended."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["authority"]
        field.label_from_instance = lambda one: in_language(one.name, get_language() or "en")


class ConfirmMandateForm(forms.Form):
    """What an officer says of a power of attorney."""

    seen = forms.BooleanField(
        label=_("I have seen this paper, the original or a certified copy, with this date and reference"),
        error_messages={"required": _("Without the paper the mandate is not confirmed.")},
    )


class OfficeForm(forms.Form):
    """A new office, in a body or unit that the procedure of the authority names."""

    function = forms.ChoiceField(label=_("Function"), choices=Function.choices)
    body = forms.ChoiceField(
        label=_("Reviewing body or unit"),
        required=False,
        help_text=_("The body for reviewers and chairs, the unit for offices that decide or sign."),
    )
    unit = forms.CharField(
        label=_("Unit of a desk officer"),
        required=False,
        max_length=100,
        help_text=_(
            "Only for desk officers, where the authority has several units: who belongs to the unit that "
            "applies itself acts on none of its cases."
        ),
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language of the title"), choices=[(tag, tag) for tag in LANGUAGES])

    def __init__(self, *args: Any, terms: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [
            rule for handling in terms.handling.values() for rule in (handling.deciding, *handling.signing)
        ]
        units = {rule.unit: rule.label for rule in rules if rule.unit}
        # Who sits in a body, and who acts for a unit: of anybody else nothing is kept here.
        sitting = {
            (function, code) for function in (Function.REVIEWER, Function.CHAIR) for code in terms.bodies
        }
        self._known = sitting | {(rule.function, rule.unit) for rule in rules}
        field: Any = self.fields["body"]
        field.choices = [
            ("", ""),
            (_("Reviewing bodies"), [(code, body.label) for code, body in terms.bodies.items()]),
            (_("Units that decide or sign"), list(units.items())),
        ]

    def clean(self) -> dict[str, Any]:
        """A body or unit that has nothing to do with the function is left out."""
        given = super().clean() or self.cleaned_data
        if given.get("function") == Function.DESK_OFFICER:
            given["body"] = " ".join(given.get("unit", "").split())
        elif (given.get("function"), given.get("body")) not in self._known:
            given["body"] = ""
        return given


class PlaceOfOfficeForm(forms.Form):
    """Of which office further holders are asked for. What cannot be read is left aside."""

    office = forms.UUIDField(required=False)

    def office_named(self) -> UUID | None:
        """The office named, if any."""
        self.is_valid()
        named: UUID | None = self.cleaned_data.get("office")
        return named


class TenureForm(forms.Form):
    """Names one tenure by its holder and first day: a person may hold an office twice."""

    person = forms.UUIDField()
    starts_on = forms.DateField()

    def found_in(self, office: Office) -> Tenure | None:
        """The tenure meant, if it is one of this office."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        tenures = office.tenures.filter(ended_at__isnull=True).select_related("person", "office__authority")
        return tenures.filter(person__public_id=given["person"], starts_on=given["starts_on"]).first()


class PaperForm(forms.Form):
    """An application that came on paper: where it arrived, who applies, for what, and the scan."""

    office = forms.ChoiceField(label=_("Your office"))
    kind = forms.ChoiceField(
        label=_("What is applied for"),
        choices=[(kind.value, kind.label) for kind in APPLICATION_KINDS],
    )
    name = forms.CharField(label=_("Name of the applicant"), max_length=300)
    country = Country(label=_("Country of incorporation"))
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
