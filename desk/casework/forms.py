"""What the desk writes: reasons, questions and recommendations."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from authorisation import completeness
from authorisation.completeness import Item
from authorisation.document_types import DocumentType, offered_to_applicants
from authorisation.models.decisions import Outcome
from authorisation.supporting_documents import place_of
from desk.act_forms import ActForm, long_text

# So many questions can be written at once.
QUESTIONS = 5


class WaiveForm(ActForm):
    """Why a content item is not applicable to this application."""

    step = "waive"

    path = forms.CharField(max_length=100, widget=forms.HiddenInput)
    reason = long_text(_("Why it is not applicable"), rows=2)


class SubmitForm(ActForm):
    """Handing in for an applicant who applied on paper, who has signed the declaration there."""

    step = "submit"

    declared = forms.BooleanField(
        label=_("The applicant has signed the declaration that everything in the application is true"),
        required=False,
    )


class WithdrawForm(ActForm):
    """Giving an application on paper up, for the applicant."""

    step = "withdraw"

    reason = long_text(_("Why the applicant gives it up"), rows=2)


class ReturnForm(ActForm):
    """Returning for completion asks for nothing: every missing item is named."""

    step = "return_for_completion"


class AcceptForm(ActForm):
    """Accepting asks for nothing more."""

    step = "accept"


class FileForm(ActForm):
    """Sending an act of the authority to review asks for nothing: its grounds are written."""

    step = "file"


class ServeNoticeForm(ActForm):
    """Serving notice asks for nothing: it says the grounds, and until when the holder may be heard."""

    step = "serve_notice"


class SuspendAtOnceForm(ActForm):
    """Why nobody can wait for a hearing."""

    step = "suspend_at_once"

    urgency = long_text(
        _("Why it cannot wait for a hearing"),
        rows=3,
        help_text=_("First transfers are blocked from this step on. The holder reads it."),
    )


class DiscontinueForm(ActForm):
    """Why the authority gives its own act up."""

    step = "discontinue"

    reasons = long_text(_("Why it is given up"), rows=3, help_text=_("A letter says so to the holder."))


class AskForm(ActForm):
    """Questions to the applicant, each about a place of the application or about none."""

    step = "ask"
    numbers: ClassVar[range] = range(1, QUESTIONS + 1)

    def __init__(
        self,
        data: Any = None,
        *,
        types: Iterable[DocumentType] = (),
        asked: Iterable[Item] = (),
        **options: Any,
    ) -> None:
        self.types = tuple(types)
        super().__init__(data, **options)
        about: list[tuple[str, Any]] = [("", _("the application as a whole"))]
        about += [(item.path, item.label) for item in (*completeness.ITEMS, *asked)]
        about += [
            (place_of(known.code), _("a document: %(name)s") % {"name": known.name()})
            for known in offered_to_applicants(self.types)
        ]
        for number in self.numbers:
            self.fields[f"about_{number}"] = forms.ChoiceField(
                label=_("Question %(number)s is about") % {"number": number},
                choices=about,
                required=False,
            )
            self.fields[f"question_{number}"] = long_text(
                _("Question %(number)s") % {"number": number}, rows=2
            )
        self.dress()

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each question: what it is about, and the question."""
        return [(self[f"about_{number}"], self[f"question_{number}"]) for number in self.numbers]

    def questions(self) -> list[tuple[str, str]]:
        """Those that were written: the place ("" for none) and the question."""
        given = self.cleaned_data
        pairs = [(given[f"about_{number}"], given[f"question_{number}"].strip()) for number in self.numbers]
        return [(about, text) for about, text in pairs if text]


class RecommendForm(ActForm):
    """What the desk recommends, why, and what it answers to every rule that has something to say."""

    step = "recommend"

    outcome = forms.ChoiceField(
        label=_("The desk recommends"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the desk recommends.")},
    )
    reasons = long_text(_("Reasons"), rows=5)

    def __init__(self, data: Any = None, *, rules: Iterable[str] = (), **options: Any) -> None:
        super().__init__(data, **options)
        self.rules = tuple(rules)
        for rule in self.rules:
            self.fields[f"answer_{rule}"] = long_text(_("Answer to rule %(rule)s") % {"rule": rule}, rows=2)
        self.dress()

    def answer_fields(self) -> list[tuple[str, forms.BoundField]]:
        """The rules that ask for an answer, each with its field."""
        return [(rule, self[f"answer_{rule}"]) for rule in self.rules]

    def answers(self) -> dict[str, str]:
        """The answers by rule, also empty ones."""
        return {rule: self.cleaned_data[f"answer_{rule}"].strip() for rule in self.rules}
