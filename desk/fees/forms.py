"""The forms of fees: handing in a proof of payment, accepting or rejecting it, exempting."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from authorisation.models.documents import DocumentFinding
from authorisation.services.documents import Upload
from desk.act_forms import ActForm, long_text
from desk.documents.forms import file_field


class ProofForm(ActForm):
    """The reference of a payment and the file that shows it; what is missing the use-case says."""

    step = "hand_in_proof"

    fee = forms.IntegerField(widget=forms.HiddenInput)
    reference = forms.CharField(
        label=_("Reference of the payment"),
        required=False,
        max_length=100,
        help_text=_("The number that the bank or the cashier gave to the payment. It counts for one fee."),
    )
    file = file_field(_("Proof of payment"))

    def upload(self) -> Upload:
        """The file that was sent."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        return Upload(content=file.read(), name=file.name or "", declared=file.content_type or "")


class JudgeProofForm(ActForm):
    """Whether a proof of payment is accepted, and if not, why."""

    step = "judge_proof"

    fee = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("This proof of payment is"),
        choices=DocumentFinding.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the proof is accepted or rejected.")},
    )
    reasons = long_text(
        _("Reasons"), rows=2, help_text=_("Needed where it is rejected: the applicant reads them.")
    )


class ExemptForm(ActForm):
    """Why the applicant need not pay a fee."""

    step = "exempt_from_fee"

    fee = forms.IntegerField(widget=forms.HiddenInput)
    reasons = long_text(
        _("Why they need not pay"),
        rows=2,
        help_text=_("With the rule that allows it: the applicant reads it."),
    )
