"""What is asked of whoever records something of outcomes. What must be given is for the use-case to say."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.wording import long_date
from authorisation.issuing import Evidence
from authorisation.models import Reversal
from desk.act_forms import ActForm, DayInput, lines, long_text
from desk.documents.forms import file_field
from desk.recording.kept_files import file_of
from projects.documents import TakenIn
from workflow.refusals import Reason, Refused

# A registry's list of one issuance; what is longer is recorded in several.
MOST_BLOCKS = 500
_MOST_TONNES = 2**53 - 1


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a form offers.

    vintages    of which tonnes may be named
    parties     codes and names of the Parties to whom outcomes may go, or which may use them
    entities    the names of entities that may use them; empty where the letter names none
    registries  in whose name the person records; empty for an officer, who may name any
    tracked_in  the registry in which the outcomes are tracked, where that is known
    retains     what the host keeps of each transfer, per cent; 0 where nothing
    reversals   what was reversed and is not replaced whole, by its public id and in words
    """

    vintages: Sequence[int]
    parties: Sequence[tuple[str, str]] = ()
    entities: Sequence[str] = ()
    registries: Collection[str] = ()
    tracked_in: str = ""
    retains: str = ""
    reversals: Sequence[tuple[str, str]] = ()


class RecordForm(ActForm):
    """What everything that is recorded says: the day, the tonnes by vintage, the registry, the evidence."""

    # By the code of a reason: the field beside which it stands; `tonnes` is that of the vintage it names.
    beside: ClassVar[Mapping[str, str]] = {
        "evidence-missing": "reference",
        "day-missing": "on",
        "in-the-future": "on",
        "before-authorisation": "on",
        "another-registry": "registry",
        "volume-missing": "tonnes",
        "before-its-vintage": "tonnes",
        "not-covered": "tonnes",
        "ceiling": "tonnes",
        "A1": "tonnes",
    }
    organisation = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    on = forms.DateField(
        label=_("On which day did it happen?"),
        widget=DayInput,
        help_text=_("The day in the registry, by the calendar of the authority."),
        error_messages={"required": _("Give the day."), "invalid": _("Give the day as year, month, day.")},
    )
    registry = forms.CharField(label=_("In which registry?"), required=False, max_length=200)
    reference = forms.CharField(
        label=_("Reference of the evidence"),
        required=False,
        max_length=500,
        help_text=_("The registry’s own number or address of the notice that shows it."),
    )
    file = file_field(_("Or the document that shows it"), required=False)
    basis = forms.CharField(
        label=_("If the document is confidential: on what ground"),
        required=False,
        max_length=300,
        help_text=_("Empty: it is not. Of a confidential document every download is recorded."),
    )

    def __init__(self, data: Any = None, *, choices: Choices, person: User, **options: Any) -> None:
        self.choices, self._person = choices, person
        self.kept_file: TakenIn | None = None
        super().__init__(data, **options)
        for vintage in choices.vintages:
            self.fields[f"tonnes_{vintage}"] = forms.IntegerField(
                label=str(vintage),
                required=False,
                min_value=0,
                max_value=_MOST_TONNES,
                error_messages={"invalid": _("Give whole tonnes, in figures only.")},
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )
        if choices.registries:
            self.fields["registry"] = forms.ChoiceField(
                label=_("In which registry?"), choices=[(name, name) for name in sorted(choices.registries)]
            )
        elif choices.tracked_in:
            self.fields["registry"].help_text = _now(
                "Empty: %(registry)s, where the outcomes are tracked."
            ) % {"registry": choices.tracked_in}
        self.dress()

    def clean_kept(self) -> str:
        """With the file that was sent before, as `kept_file`."""
        mark: str = self.cleaned_data["kept"]
        if mark:
            self.kept_file = file_of(mark, self._person)
            if self.kept_file is None:
                self.add_error(
                    "file", _("The file that was sent before is not kept any more: choose it again.")
                )
        return mark

    def keep(self, file: TakenIn, mark: str) -> None:
        """Goes on with a file that was taken in."""
        self.kept_file = file
        self.put({"kept": mark})

    def remember(self, mark: str) -> None:
        """Names the file that was sent before, on a form that nothing was sent with."""
        self.kept_file = file_of(mark, self._person) if mark else None

    def put(self, values: Mapping[str, Any]) -> None:
        """Writes values into what was filled in."""
        self.again(values)
        self.cleaned_data.update({name: values[name] for name in values if name in self.cleaned_data})

    @property
    def particulars(self) -> list[forms.BoundField]:
        """What is asked of this kind alone, without what is marked by a tick."""
        common = {*RecordForm.base_fields, "gross", *(f"tonnes_{one}" for one in self.choices.vintages)}
        return [self[name] for name in self.fields if name not in common]

    @property
    def by_vintage(self) -> list[forms.BoundField]:
        """The fields of tonnes, in the order of vintages."""
        return [self[f"tonnes_{vintage}"] for vintage in self.choices.vintages]

    def volumes(self) -> dict[int, int]:
        """The tonnes that were named, by vintage."""
        given = {vintage: self.cleaned_data.get(f"tonnes_{vintage}") for vintage in self.choices.vintages}
        return {vintage: tonnes for vintage, tonnes in given.items() if tonnes}

    def evidence(self) -> Evidence:
        """What shows it."""
        given = self.cleaned_data
        return Evidence(
            reference=given["reference"],
            file=self.kept_file,
            confidentiality_basis=given["basis"],
            registry=given["registry"].strip(),
        )

    def refuse(self, refusal: Refused) -> None:
        """Puts every reason beside the field that it is about; what is about none stands above them all."""
        for reason in refusal.reasons:
            self.add_error(self._place(reason), ValidationError(f"{reason} {reason.mend_text}".strip()))

    def _place(self, reason: Reason) -> str | None:
        if reason.code.startswith("file-"):
            return "file"
        name = self.beside.get(reason.code)
        if name == "tonnes":
            named = f"tonnes_{reason.values.get('vintage')}"
            first = f"tonnes_{self.choices.vintages[0]}" if self.choices.vintages else None
            return named if named in self.fields else first
        return name if name in self.fields else None

    def hidden_again(self) -> list[tuple[str, str]]:
        """Everything that was filled in, to be sent once more from a page that asks nothing."""
        return [
            (name, value)
            for name, field in self.fields.items()
            if not isinstance(field, forms.FileField)
            for value in [str(self.data.get(name) or "")]
            if value
        ]

    def told(self) -> list[tuple[str, str]]:
        """What was filled in, for people: label and value of each field that says something."""
        shown = []
        for field in self.visible_fields():
            value = self.cleaned_data.get(field.name)
            if not value or field.name.startswith("tonnes_") or field.name == "file":
                continue
            shown.append((str(field.label), self._in_words(field, value)))
        if self.kept_file is not None:
            shown.append((_now("Document"), self.kept_file.name))
        return shown

    def _in_words(self, field: forms.BoundField, value: Any) -> str:
        options = dict(_flat(getattr(field.field, "choices", ())))
        if value in options:
            return str(options[value])
        if value is True:
            return _now("yes")
        return long_date(value) if isinstance(value, date) else str(value)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Choices without the groups in which they stand."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield value, label


class IssuanceForm(RecordForm):
    """What a registry has issued: by vintage, or by block with its holder."""

    step = "record_issuance"
    beside = {
        **RecordForm.beside,
        "block-recorded": "blocks",
        "serial-unreadable": "blocks",
        "serial-without-vintage": "blocks",
        "volume-and-blocks-differ": "blocks",
    }

    blocks = long_text(
        _("Blocks of serial numbers, where there are any"),
        help_text=_(
            "One per line: the serial as the registry writes it, then after a semicolon who holds it. Blocks "
            "say of which vintage they are: the tonnes above may stay empty."
        ),
    )

    def clean_blocks(self) -> str:
        """At most so many."""
        text: str = self.cleaned_data["blocks"]
        if len(lines(text)) > MOST_BLOCKS:
            raise ValidationError(_now("Give at most %(most)s blocks at once.") % {"most": MOST_BLOCKS})
        return text

    def serials(self) -> list[tuple[str, str]]:
        """Each block with its holder, who may be unknown."""
        parted = [line.partition(";") for line in lines(self.cleaned_data["blocks"])]
        return [(serial.strip(), holder.strip()) for serial, _semicolon, holder in parted]


class FirstTransferForm(RecordForm):
    """What has gone to another Party: by vintage, or one block."""

    step = "record_first_transfer"
    beside = {
        **RecordForm.beside,
        "party-missing": "to_party",
        "party-host": "to_party",
        "party-not-authorised": "to_party",
        "block-not-covered": "serial",
        "block-moved": "serial",
        "serial-unreadable": "serial",
    }

    to_party = forms.ChoiceField(label=_("To which Party?"), required=False)
    serial = forms.CharField(
        label=_("Or the serial of the block"),
        required=False,
        max_length=300,
        help_text=_("Instead of tonnes. It may be a part of a block that was issued."),
    )
    gross = forms.BooleanField(
        label=_("The tonnes are those before the host keeps its part"),
        required=False,
    )

    def __init__(self, data: Any = None, *, choices: Choices, person: User, **options: Any) -> None:
        super().__init__(data, choices=choices, person=person, **options)
        to_party: Any = self.fields["to_party"]
        to_party.choices = [("", _("Choose")), *choices.parties]
        if choices.retains:
            self.fields["gross"].help_text = _now(
                "The host keeps %(percent)s per cent of each transfer. Unmarked, that comes on top of the "
                "tonnes."
            ) % {"percent": choices.retains}
        else:
            del self.fields["gross"]
        self.dress()


class ConsumedForm(RecordForm):
    """What is gone for good: tonnes by vintage, or units by their serials."""

    beside = {
        **RecordForm.beside,
        "block-not-covered": "serials",
        "block-moved": "serials",
        "block-twice": "serials",
        "serial-unreadable": "serials",
        "volume-and-blocks-differ": "serials",
        "not-first-transferred": "tonnes",
        "transfers-blocked": "tonnes",
    }

    serials = long_text(
        _("Or the serials of the units"),
        help_text=_("Instead of tonnes, one per line. Each may be a part of a block that was issued."),
    )

    def clean_serials(self) -> str:
        """At most so many."""
        text: str = self.cleaned_data["serials"]
        if len(lines(text)) > MOST_BLOCKS:
            raise ValidationError(_now("Give at most %(most)s blocks at once.") % {"most": MOST_BLOCKS})
        return text


class UseForm(ConsumedForm):
    """What was used: by a Party or an entity, for a calendar year."""

    step = "record_use"
    beside = {
        **ConsumedForm.beside,
        "user-missing": "used_by",
        "party-not-authorised": "used_by",
        "entity-not-authorised": "used_by",
        "after-last-use": "on",
        "year-missing": "for_year",
        "A6": "for_year",
    }

    used_by = forms.ChoiceField(label=_("Who used them?"), required=False)
    entity = forms.CharField(
        label=_("Or another entity, by its name"),
        required=False,
        max_length=300,
    )
    for_year = forms.IntegerField(
        label=_("For which calendar year?"),
        required=False,
        min_value=2000,
        max_value=9999,
        help_text=_("Needed where a Party uses them towards its contribution."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, choices: Choices, person: User, **options: Any) -> None:
        super().__init__(data, choices=choices, person=person, **options)
        used_by: Any = self.fields["used_by"]
        grouped: list[tuple[Any, Any]] = [("", _("Choose"))]
        if choices.parties:
            grouped.append((_("Parties"), [(f"party:{code}", name) for code, name in choices.parties]))
        if choices.entities:
            grouped.append((_("Entities"), [(f"entity:{name}", name) for name in choices.entities]))
            # The letter says which entities may: there is no other.
            del self.fields["entity"]
        used_by.choices = grouped
        self.dress()

    @property
    def by_party(self) -> str:
        """The code of the Party; empty where an entity used them."""
        kind, _colon, code = self.cleaned_data["used_by"].partition(":")
        return code if kind == "party" else ""

    @property
    def by_entity(self) -> str:
        """The name of the entity; empty where a Party used them."""
        kind, _colon, name = self.cleaned_data["used_by"].partition(":")
        other: str = self.cleaned_data.get("entity", "")
        return name if kind == "entity" else other.strip()


class CancellationForm(ConsumedForm):
    """What was cancelled, and for what."""

    step = "record_cancellation"
    beside = {
        **ConsumedForm.beside,
        "purpose-missing": "purpose",
        "after-last-cancellation": "on",
    }

    purpose = forms.CharField(label=_("For which purpose?"), required=False, max_length=500)


class OneVintageForm(RecordForm):
    """What happened to tonnes of one vintage, which is named, and not to any on a line."""

    of_one_vintage = True
    beside = {
        **RecordForm.beside,
        "volume-missing": "amount",
        "more-than-issued": "amount",
        "more-than-outstanding": "amount",
        "before-its-vintage": "vintage",
        "before-the-reversal": "on",
    }

    vintage = forms.IntegerField(
        label=_("Of which vintage?"),
        min_value=1900,
        max_value=9999,
        help_text=_("The calendar year in which the mitigation occurred."),
        error_messages={"required": _("Give the vintage."), "invalid": _("Give the year in figures.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
    )
    amount = forms.IntegerField(
        label=_("How many tonnes, in t CO₂ eq?"),
        min_value=0,
        max_value=_MOST_TONNES,
        error_messages={
            "required": _("Give whole tonnes, in figures only."),
            "invalid": _("Give whole tonnes, in figures only."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class ReversalForm(OneVintageForm):
    """What is no mitigation any more, or never was."""

    step = "record_reversal"

    sort = forms.ChoiceField(
        label=_("What happened?"),
        choices=[("", _("Choose")), *Reversal.Sort.choices],
        error_messages={"required": _("Choose what happened.")},
    )
    field_order = ("sort", "vintage", "amount")


class ReplacementForm(OneVintageForm):
    """The units that replace some of what was reversed."""

    step = "record_replacement"

    reversal = forms.ChoiceField(
        label=_("What is replaced?"),
        help_text=_("Each with what is still to be replaced of it."),
        error_messages={
            "required": _("Choose what is replaced."),
            "invalid_choice": _("Choose what is replaced."),
        },
    )
    serial = forms.CharField(
        label=_("Serial of the units that replace it"),
        required=False,
        max_length=300,
        help_text=_("As the registry writes it, where they have one: of a buffer or of a cancellation."),
    )
    field_order = ("reversal", "vintage", "amount", "serial")

    def __init__(self, data: Any = None, *, choices: Choices, person: User, **options: Any) -> None:
        super().__init__(data, choices=choices, person=person, **options)
        self.fields["vintage"].label = _("Of which vintage are the units that replace it?")
        chosen: Any = self.fields["reversal"]
        chosen.choices = [("", _("Choose")), *choices.reversals]
        self.dress()
