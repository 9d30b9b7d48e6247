"""What a signing office says of a letter: that it signs these bytes, or why it does not."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.act_forms import ActForm, long_text


class ConsentForm(ActForm):
    """Consent to the bytes with this SHA-256."""

    step = "consent"

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


class DeclineForm(ActForm):
    """Declining, with reasons."""

    step = "decline"

    reasons = long_text(
        _("Reasons"), rows=3, help_text=_("The letter becomes void and the decision is taken up again.")
    )


class RetryForm(ActForm):
    """Trying again asks for nothing."""

    step = "retry"
