"""Who may open an account by themselves: nobody yet. An authority opens them."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ByInvitation(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Signing in is open, signing up is not."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """False for everybody."""
        return False
