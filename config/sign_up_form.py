"""The form by which somebody opens an account: the library's, in the words of the other pages."""

from typing import Any

from allauth.account.forms import SignupForm
from django.utils.translation import gettext_lazy as _


class SignUp(SignupForm):  # type: ignore[misc]  # allauth publishes no types
    """Name, e-mail address and a password, given twice; says of each what is to be entered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, first, second = (self.fields[name] for name in ("email", "password1", "password2"))
        email.label = _("E-mail address")
        email.error_messages["required"] = _("Enter your e-mail address.")
        first.error_messages["required"] = _("Choose a password.")
        second.label = _("The same password again")
        second.error_messages["required"] = _("Enter the same password again.")
