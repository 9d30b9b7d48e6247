"""Who may call the API at all."""

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import Scope, User
from accounts.second_factor import awaits_set_up_code, has_second_factor, needs_second_factor
from desk.acting import has_shown_second_factor
from desk.api.callers import TokenHolder
from workflow.clock import RealClock


class MayCall(BasePermission):
    """Programs within the scopes of their token; people once they have shown what their office asks for."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this caller may call this address at all."""
        caller: object = request.user
        if isinstance(caller, TokenHolder):
            wanted = getattr(view, "scope", Scope.READ)
            if wanted not in caller.scopes:
                raise PermissionDenied(_("The token does not open this: it lacks the scope “%s”.") % wanted)
            return True
        return isinstance(caller, User) and caller.is_active and _is_proved(request, caller)


def _is_proved(request: Request, person: User) -> bool:
    if not needs_second_factor(person, at=RealClock().now()):
        return True
    is_confirmed = has_second_factor(person) and not awaits_set_up_code(person)
    if is_confirmed and has_shown_second_factor(cast(HttpRequest, request)):
        return True
    raise PermissionDenied(_("Your office asks for a second factor: show it in this session first."))
