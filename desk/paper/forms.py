"""What an officer says of a letter that is signed by hand."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.act_forms import ActForm, DayInput, WantedDay, WantedText, long_text
from desk.letter_codes import code_as_printed
from desk.paper.selectors import Place
from letters.paper import File, Kept, Signed


class ChoosePaperForm(ActForm):
    """Choosing paper asks for nothing."""

    step = "choose_paper"


class ChooseElectronicForm(ActForm):
    """Choosing the electronic signature asks for nothing."""

    step = "choose_electronic"


class _KeptForm(ActForm):
    """Where the paper is kept, by whom, and since when. What must be given is for the use-case to say."""

    place = WantedText(
        label=_("Where the paper is kept"),
        max_length=200,
        help_text=_("As it is to stand on the certified copy and on the public check, such as a registry."),
    )
    keeper = WantedText(
        label=_("Who keeps it"),
        max_length=200,
        help_text=_("An office rather than a person, where there is one."),
    )
    since = WantedDay(label=_("Since when"), required=False, widget=DayInput)

    def kept(self) -> Kept:
        """What was said of it."""
        given = self.cleaned_data
        return Kept(place=given["place"], keeper=given["keeper"], since=given["since"])


class HandOverForm(_KeptForm):
    """Another place, or another keeper."""

    step = "hand_over"


class _Pages(forms.FileInput):
    """Takes several files at once, in the order in which they are chosen."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ".pdf,.png,.jpg,.jpeg", "multiple": True, "class": "form-control"})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return files.getlist(name) if files else []


class _PagesField(forms.Field):
    """The files of a scan; whether there is one is for the use-case to say."""

    widget = _Pages


class NoteHandForm(ActForm):
    """Which office has signed, by whom, and the date beside it."""

    step = "note_hand"

    hand = forms.ChoiceField(label=_("Which office signed, and who"), required=False)
    written_on = WantedDay(label=_("Date written beside the signature"), required=False, widget=DayInput)

    def __init__(
        self, data: Any = None, *, places: Sequence[Place] = (), noted: int = 0, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.places = tuple(places[: noted + 1])
        field = cast(forms.ChoiceField, self.fields["hand"])
        field.choices = [
            ("", _("Choose")),
            *(
                (f"{place.number}:{one.value}", f"{place.number}. {one.label}")
                for place in self.places
                for one in place.hands
            ),
        ]
        if noted < len(places) and places[noted].expected:
            field.initial = f"{places[noted].number}:{places[noted].expected}"
        self.dress()

    def chosen(self) -> tuple[int, Signed]:
        """The place, and who signed there when."""
        number, _colon, value = self.cleaned_data["hand"].partition(":")
        place = next((one for one in self.places if str(one.number) == number), None)
        hand = place.hand(value) if place is not None else None
        return (
            place.number if place is not None else len(self.places),
            Signed(
                person=hand.person if hand else None,
                office=hand.office if hand else None,
                written_on=self.cleaned_data["written_on"],
            ),
        )


class RecordPaperForm(_KeptForm):
    """Who signed by hand and when, the ministry's number, where the paper is, and its scan."""

    step = "record_paper"

    file_number = forms.CharField(
        label=_("File number of the ministry"),
        required=False,
        max_length=100,
        help_text=_("As written on the paper; leave it empty if there is none."),
    )
    scan = _PagesField(
        label=_("Scan of the signed paper"),
        required=False,
        help_text=_("One PDF from a scanner, or one PNG or JPEG picture for each page, in order."),
    )

    def __init__(self, data: Any = None, *, places: Sequence[Place] = (), **options: Any) -> None:
        super().__init__(data, **options)
        self.places = tuple(places)
        for place in self.places:
            hand = forms.ChoiceField(
                label=_("Signed by"),
                required=False,
                choices=[("", _("Choose")), *((one.value, one.label) for one in place.hands)],
            )
            hand.initial = place.noted or place.expected
            self.fields[place.hand_field] = hand
            self.fields[place.date_field] = WantedDay(
                label=_("Date written beside the signature"),
                required=False,
                widget=DayInput,
                initial=place.noted_on,
            )
        self.order_fields(
            [
                *(name for place in self.places for name in (place.hand_field, place.date_field)),
                "file_number",
                "place",
                "keeper",
                "since",
                "scan",
            ]
        )
        self.dress()

    def signed(self) -> list[Signed]:
        """Who signed, place by place."""
        found = []
        for place in self.places:
            chosen = place.hand(self.cleaned_data[place.hand_field])
            found.append(
                Signed(
                    person=chosen.person if chosen else None,
                    office=chosen.office if chosen else None,
                    written_on=self.cleaned_data[place.date_field],
                )
            )
        return found

    def sent(self) -> list[File]:
        """The files of the scan, in order."""
        sent: Sequence[Any] = self.cleaned_data["scan"] or ()
        return [
            File(content=one.read(), name=one.name or "", declared=one.content_type or "") for one in sent
        ]


class ConfirmPaperForm(ActForm):
    """The code read on the paper, for the copy with this digest."""

    step = "confirm_paper"

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    code = WantedText(
        label=_("Verification code on the paper"),
        max_length=100,
        help_text=_("Copy it from the signed paper in your hands, not from a screen."),
    )

    def code_typed(self) -> str:
        """The code as it is printed, however it was typed."""
        return code_as_printed(self.cleaned_data["code"]) or self.cleaned_data["code"]


class ReturnPaperForm(ActForm):
    """Why the record is sent back."""

    step = "return_paper"

    reasons = long_text(_("What is wrong"), rows=3, help_text=_("An officer records the paper anew."))
