"""The forms by which evidence is handed in, and by which an officer says what was found."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from authorisation.services.documents import Upload
from desk.act_forms import ActForm, DayInput, WantedDay, long_text, wanted_text
from desk.documents.forms import FileInput


class EvidenceForm(ActForm):
    """A file, or the reference of something that can be looked up. What is missing the use-case says."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        widget=FileInput,
        help_text=_("PDF, PNG, JPEG, DOCX, XLSX, CSV or TXT; without password and without macros."),
        error_messages={"max_length": _("The file's name is too long.")},
    )
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=500,
        help_text=_("Instead of a file, or besides it: a number or an address where it can be looked up."),
    )

    def upload(self) -> Upload | None:
        """The file that was sent, if one was."""
        file: UploadedFile[Any] | None = self.cleaned_data.get("file")
        if file is None:
            return None
        return Upload(content=file.read(), name=file.name or "", declared=file.content_type or "")


class HandInForm(EvidenceForm):
    """What the holder shows."""

    step = "hand_in"

    note = long_text(_("Note"), rows=2, help_text=_("What the authority should know when it reads it."))
    basis = forms.CharField(
        label=_("Confidential, because"),
        required=False,
        max_length=300,
        help_text=_("Only where the file is confidential: on what ground, for example a trade secret."),
    )


class MetForm(EvidenceForm):
    """That it was met, on what was handed in or on evidence added here."""

    step = "find_met"

    reasons = wanted_text(_("Reasons"), help_text=_("The holder reads them."))


class ReasonsForm(ActForm):
    """A finding that needs reasons and nothing else."""

    step = "find_not_met"

    reasons = wanted_text(_("Reasons"), help_text=_("The holder reads them."))


class SuspensionForm(ActForm):
    """The grounds of a suspension, which begin with the finding."""

    step = "open_suspension"

    grounds = wanted_text(
        _("Grounds"),
        rows=7,
        help_text=_("They stand in the notice to the holder and in the letter. Add to them what is needed."),
    )


class MoreTimeForm(ReasonsForm):
    """Until when, and why."""

    step = "extend"

    until = WantedDay(label=_("New last day"), widget=DayInput)
    field_order = ("until", "reasons")
