"""The forms of supporting documents: adding one, for both sides of the desk, and judging one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from authorisation.document_types import DocumentType
from authorisation.models.documents import DocumentFinding
from authorisation.services.documents import Said, Upload
from desk.act_forms import ActForm, long_text
from projects.file_checks import FORMATS


class FileInput(forms.FileInput):
    """Takes one file, of the formats that are accepted."""

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ",".join(FORMATS), "class": "form-control"})


def file_field(label: Any, *, required: bool = True) -> forms.FileField:
    """A file that is checked when it is taken in, and refused there: an empty one too."""
    return forms.FileField(
        label=label,
        required=required,
        allow_empty_file=True,
        widget=FileInput,
        help_text=_("PDF, PNG, JPEG, DOCX, XLSX, CSV or TXT; without password and without macros."),
        error_messages={"required": _("Choose a file."), "max_length": _("The file's name is too long.")},
    )


class AddDocumentForm(ActForm):
    """A file, what it is, and whether it is confidential. What must be given is for the use-case to say."""

    step = "add_document"

    type = forms.ChoiceField(
        label=_("What is it?"),
        error_messages={
            "required": _("Choose what the document is."),
            "invalid_choice": _("Choose what the document is, from the list."),
        },
    )
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_(
            "Needed only where you send several of one type, or another document. A document of the same "
            "type and title becomes a new version."
        ),
    )
    file = file_field(_("File"))
    confidential = forms.BooleanField(
        label=_("This document is confidential"),
        required=False,
        help_text=_("Only your side and the authority see it, and every download is recorded."),
    )
    basis = forms.CharField(
        label=_("On what ground"),
        required=False,
        max_length=300,
        help_text=_("For example, a trade secret or personal data."),
    )

    def __init__(self, data: Any = None, *, types: Iterable[DocumentType] = (), **options: Any) -> None:
        super().__init__(data, **options)
        known = list(types)
        choices: list[tuple[str, Any]] = [("", _("Choose"))] if len(known) > 1 else []
        chosen: Any = self.fields["type"]
        chosen.choices = [*choices, *((one.code, one.name()) for one in known)]
        self.dress()

    def upload(self) -> Upload:
        """The file that was sent."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        return Upload(content=file.read(), name=file.name or "", declared=file.content_type or "")

    def said(self) -> Said:
        """What was said of it."""
        given = self.cleaned_data
        return Said(
            type=given["type"],
            title=given["title"],
            confidential=given["confidential"],
            basis=given["basis"],
            note=given.get("note", ""),
        )


class OfficersDocumentForm(AddDocumentForm):
    """The same for an officer, who says why they add it."""

    note = long_text(
        _("Where it comes from, and why it belongs to the case"),
        rows=2,
        help_text=_("The applicant reads it."),
    )


class JudgeDocumentForm(ActForm):
    """Whether a version of a document is accepted, and if not, why."""

    step = "judge_document"

    document = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("This document is"),
        choices=DocumentFinding.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the document is accepted or rejected.")},
    )
    reasons = long_text(
        _("Reasons"), rows=2, help_text=_("Needed where it is rejected: the applicant reads them.")
    )


class RemoveDocumentForm(ActForm):
    """Taking a document out of a draft on paper asks for nothing more."""

    step = "remove_document"

    document = forms.UUIDField(widget=forms.HiddenInput)
