"""What members and chairs of the reviewing bodies write: votes, opinions, conflicts, members for one case."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from authorisation.reviews import Review
from authorisation.services.documents import Upload
from authorisation.verdicts import SheetAnswer, Verdict
from desk.act_forms import ActForm, long_text
from desk.documents.forms import FileInput


class ReviewForm(ActForm):
    """A finding with reasons, and the answers to the review sheet where this is where it is filled in.

    `read` is the number of the version of the application that the page shows, `votes_seen` how many votes.
    """

    read = forms.IntegerField(required=False, widget=forms.HiddenInput)
    votes_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("The body finds the request"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the body finds.")},
    )
    reasons = long_text(
        _("Reasons"), rows=5, help_text=_("The deciding office reads them beside the request.")
    )

    def __init__(self, data: Any = None, *, review: Review | None = None, **options: Any) -> None:
        self.review = review
        super().__init__(data, **options)
        self.items = review.body.sheet if review is not None and self.has_sheet(review) else ()
        for item in self.items:
            self.fields[f"sheet_{item.code}"] = forms.ChoiceField(
                label=item.label, choices=SheetAnswer.choices, widget=forms.RadioSelect, required=False
            )
            self.fields[f"comment_{item.code}"] = long_text(_("Comment"), rows=2)
        self.dress()

    def has_sheet(self, review: Review) -> bool:
        """Whether the review sheet is filled in here."""
        return True

    def sheet_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The questions of the review sheet: each with the field of its comment."""
        return [(self[f"sheet_{item.code}"], self[f"comment_{item.code}"]) for item in self.items]

    def sheet(self) -> dict[str, tuple[str, str]]:
        """The answers that were given, by the code of their question."""
        given = self.cleaned_data
        return {
            item.code: (given[f"sheet_{item.code}"], given[f"comment_{item.code}"])
            for item in self.items
            if given[f"sheet_{item.code}"]
        }


class VoteForm(ReviewForm):
    """The vote of a member."""

    step = "vote"

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["verdict"].label = _("I find the request")
        self.fields["verdict"].error_messages["required"] = _("Choose what you find.")


class OpinionForm(ReviewForm):
    """The opinion of a reviewing body: of its only officer with the sheet, else as voted, with minutes."""

    step = "give_opinion"

    def __init__(self, data: Any = None, *, review: Review | None = None, **options: Any) -> None:
        super().__init__(data, review=review, **options)
        if review is not None and review.votes_are_asked:
            self.fields["minutes"] = long_text(
                _("Minutes"), rows=5, help_text=_("Who met, when, and what was said.")
            )
            self.fields["minutes_file"] = forms.FileField(
                label=_("Minutes as a file"),
                required=False,
                allow_empty_file=True,
                widget=FileInput,
                help_text=_(
                    "In its stead or besides. Only the authority sees it; every download is recorded."
                ),
                error_messages={"max_length": _("The file's name is too long.")},
            )
            if review.counted.verdict is not None and "verdict" not in self.initial:
                self.initial["verdict"] = review.counted.verdict.value
            self.dress()

    def has_sheet(self, review: Review) -> bool:
        """In a body of several its members fill it in with their votes."""
        return not review.votes_are_asked

    def minutes_upload(self) -> Upload | None:
        """The minutes that were sent as a file, if any."""
        file: UploadedFile[Any] | None = self.cleaned_data.get("minutes_file")
        if file is None:
            return None
        return Upload(content=file.read(), name=file.name or "", declared=file.content_type or "")

    @property
    def asks_for_minutes(self) -> bool:
        """Whether minutes belong to the opinion."""
        return "minutes" in self.fields


class TakeUpForm(ActForm):
    """Taking a review up again, with reasons."""

    step = "take_up_again"

    reasons = long_text(_("Why the body reviews the case anew"), rows=3)


class RecuseForm(ActForm):
    """A conflict of interest, in a sentence."""

    step = "recuse"

    reasons = long_text(
        _("What the conflict of interest is"),
        rows=2,
        help_text=_("You take no part in this case any more, in no office. This cannot be undone."),
    )


class AppointForm(ActForm):
    """Somebody of the authority for a body, for this case alone."""

    step = "appoint_ad_hoc"

    body = forms.ChoiceField(label=_("Body"))
    person = forms.ChoiceField(label=_("Who is to sit in it for this case"))
    reasons = long_text(_("Reasons"), rows=2)

    def __init__(
        self,
        data: Any = None,
        *,
        bodies: Sequence[tuple[str, str]] = (),
        people: Iterable[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        for name, offered in (("body", bodies), ("person", people)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
            field.choices = list(offered)
        self.dress()
