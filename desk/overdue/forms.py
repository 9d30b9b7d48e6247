"""Which cases the board shows, and from where on."""

from typing import Any

from django import forms


class BoardForm(forms.Form):
    """The body waited on, and the case at the end of the page before. What cannot be read is left aside."""

    body = forms.CharField(required=False, max_length=100)
    after = forms.UUIDField(required=False)

    def asked(self) -> dict[str, Any]:
        """The values that could be read."""
        self.is_valid()
        return self.cleaned_data
