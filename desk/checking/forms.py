"""What the public check is asked: by the code of a letter, its file, or a number."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from desk.letter_codes import code_as_printed
from letters.inspection import MOST_BYTES

MOST_MEGABYTES = MOST_BYTES // 1024 // 1024


class CheckForm(forms.Form):
    """The code printed on a letter."""

    code = forms.CharField(
        label=_("Code of the letter"),
        help_text=_("Twelve letters and digits, printed beside the square pattern, such as 7K2M-Q9XW-4TNB."),
        max_length=100,
        error_messages={"required": _("Enter the code that is printed on the letter.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": "20"}),
    )

    def clean_code(self) -> str:
        """The code as it is printed."""
        code = code_as_printed(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("A code has twelve letters and digits. Compare what you entered with the letter.")
            )
        return code


class FileForm(forms.Form):
    """The file of a letter. It is examined and not kept."""

    file = forms.FileField(
        label=_("File of the letter"),
        allow_empty_file=True,
        max_length=1000,
        error_messages={"required": _("Choose the file of the letter."), "invalid": _("Choose a file.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # With a figure in it a text is made at once: so it is made in the language of this page.
        self.fields["file"].help_text = str(
            _("The PDF as you received it, at most %(most)d MB. It is examined and not kept.")
        ) % {"most": MOST_MEGABYTES}

    def clean_file(self) -> "UploadedFile[Any]":
        """A file that a letter could be."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(too_large())
        return file


def too_large() -> str:
    """Why a file is not even read."""
    return str(_("The file is larger than %(most)d MB, and so larger than any letter.")) % {
        "most": MOST_MEGABYTES
    }


class NumberForm(forms.Form):
    """A number under which something is authorised."""

    number = forms.CharField(
        label=_("Number of an activity, approach or authorisation, or a serial of units"),
        help_text=_("As the registry writes it, such as GS11677 or CA0001, or a serial with its numbers."),
        max_length=300,
        error_messages={"required": _("Enter a number or a serial.")},
    )
