"""From where on the inbox is shown."""

from uuid import UUID

from django import forms


class PlaceForm(forms.Form):
    """The case at the end of the page before. What cannot be read is left aside."""

    after = forms.UUIDField(required=False)

    def place(self) -> UUID | None:
        """The case named, if any."""
        self.is_valid()
        named: UUID | None = self.cleaned_data.get("after")
        return named
