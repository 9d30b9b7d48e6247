"""Django's administration pages: people and reference data only, for staff with a second factor.

What has a lifecycle is not here at all: it changes through the one door, and nowhere else.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Party, User
from accounts.services import deactivate_person, reactivate_person
from desk.access import for_administrators
from workflow.clock import RealClock

# There is one sign-in, one sign-out and one page for passwords already.
_NOT_TWICE = {"login", "logout", "password_change", "password_change_done", "view_on_site"}


class Administration(admin.AdminSite):
    """The site; every address of it declares who may open it, as every other address does."""

    site_header = _("Authorisation desk: administration")
    site_title = _("Authorisation desk")

    def get_urls(self) -> list[Any]:
        """Django's addresses, for administrators."""
        patterns = [one for one in super().get_urls() if getattr(one, "name", None) not in _NOT_TWICE]
        _guard(patterns)
        return patterns


def _guard(patterns: Iterable[URLPattern | URLResolver]) -> None:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _guard(pattern.url_patterns)
        else:
            guarded: Any = for_administrators(pattern.callback)
            guarded.login_url = None  # the site's own sign-in
            pattern.callback = guarded


class _NothingIsDeleted(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Whoever administers may look, add and change; nobody deletes."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_staff", False))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PersonAdmin(_NothingIsDeleted):
    """People: opened, renamed, closed. Passwords, second factors and offices are not set here."""

    list_display = ("email", "name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = ("public_id", "email", "name", "language", "is_staff", "is_active", "last_login")
    actions = ("close", "reopen")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The address is the sign-in name, which its owner proved; nobody changes their own rank."""
        always = ("public_id", "is_active", "last_login")
        if obj is None:
            return always
        return (*always, "email", "is_staff") if obj == request.user else (*always, "email")

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        """A new account has no password: its person asks for one with their address."""
        by, at = cast(User, request.user), RealClock().now()
        with transaction.atomic():
            if change:
                services.change_person(
                    obj, name=obj.name, language=obj.language, is_staff=obj.is_staff, by=by, at=at
                )
            else:
                made = User.objects.create_user(
                    obj.email, name=obj.name, language=obj.language, is_staff=obj.is_staff
                )
                obj.pk, obj.public_id = made.pk, made.public_id
            if obj.is_staff and "is_staff" in form.changed_data:
                self._hand_over(request, obj, services.issue_set_up_code(obj, by=by, at=at))

    def _hand_over(self, request: HttpRequest, person: User, code: str) -> None:
        """Whoever administers needs a second factor, and shows with a code handed over that it is theirs."""
        self.message_user(
            request,
            _(
                "Set-up code of the second factor of %(email)s, shown this once: %(code)s. "
                "Hand it over yourself."
            )
            % {"email": person.email, "code": code},
            messages.WARNING,
        )

    @admin.action(description=_("Close these accounts and end their sessions"))
    def close(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Deactivates people, each by the use-case."""
        self._turn(request, people, deactivate_person)

    @admin.action(description=_("Open these closed accounts again"))
    def reopen(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Reactivates people, each by the use-case."""
        self._turn(request, people, reactivate_person)

    def _turn(self, request: HttpRequest, people: QuerySet[User], use_case: Callable[..., User]) -> None:
        for person in people:
            try:
                use_case(person, actor=str(request.user), at=RealClock().now())
            except ValidationError as refusal:
                for sentence in refusal.messages:
                    self.message_user(request, f"{person.email}: {sentence}", messages.ERROR)


class PartyAdmin(_NothingIsDeleted):
    """Parties to the Agreement: reference data. A code stands in letters, and never changes."""

    list_display = ("code", "joined_on", "left_on")
    search_fields = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Party | None = None) -> tuple[str, ...]:
        """The code, once it is there."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Party, form: "ModelForm[Party]", change: bool) -> None:
        """By the use-case: when a Party joined or left says what its authority may authorise."""
        services.keep_party(obj, by=cast(User, request.user), at=RealClock().now())


site = Administration(name="admin")
site.register(User, PersonAdmin)
site.register(Party, PartyAdmin)
