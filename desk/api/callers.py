"""Who calls the API: a person in their browser's session, or a program by its token."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import Authority, ServiceAccount, ServiceToken, User
from accounts.services import token_with
from authorisation.models import Authorisation, Case
from authorisation.permissions import cases_of_program
from desk.acting import actor_of, capacities_of
from desk.selectors.seen import authorisations_seen_by, cases_seen_by
from workflow.actors import Actor, Person, Program
from workflow.clock import RealClock


@dataclass(frozen=True)
class TokenHolder:
    """What Django's authentication sees of a program: signed in, and no person."""

    account: ServiceAccount
    scopes: Collection[str] = field(default=())
    is_authenticated = True
    is_active = True

    @property
    def pk(self) -> str:
        """By which rates are counted: apart from any person's."""
        return self.account.actor


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer desk_…`, the token of a service account."""

    def authenticate(self, request: Request) -> tuple[TokenHolder, ServiceToken] | None:
        """The holder of the token; None where there is no such header. 401 for one that does not hold."""
        scheme, _blank, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = token_with(secret.decode("ascii", "replace").strip(), at=RealClock().now())
        if token is None:
            raise AuthenticationFailed(_("This token does not hold: it is unknown, expired or revoked."))
        return TokenHolder(token.account, tuple(token.scopes)), token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class BearerTokenScheme(OpenApiAuthenticationExtension):
    """How the specification calls it."""

    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "The token of a service account."}


@dataclass(frozen=True)
class Caller:
    """Whoever sent a request, and what they may see and act as."""

    request: Request

    @property
    def program(self) -> Program | None:
        """The program that calls; None where a person does."""
        holder: object = self.request.user
        return Program(account=holder.account) if isinstance(holder, TokenHolder) else None

    @property
    def person(self) -> User:
        """The person who calls. Only where no program does."""
        return cast(User, self.request.user)

    @property
    def name(self) -> str:
        """The opaque name of the caller, as the trail knows it."""
        return self.program.trail_name if self.program is not None else self.person.actor

    def cases(self) -> QuerySet[Case]:
        """The cases that the caller may see now."""
        if self.program is not None:
            return cases_of_program(self.program)
        return cases_seen_by(self.person, clock=RealClock())

    def authorisations(self) -> QuerySet[Authorisation]:
        """The authorisations whose volumes the caller may see now; the register tells of all to anybody."""
        if self.program is not None:
            return Authorisation.objects.filter(holder=self.program.organisation)
        return authorisations_seen_by(self.person, clock=RealClock())

    def capacities(self, authority: Authority) -> list[Person]:
        """Everything as which the caller may act in a case of an authority: a program acts in none."""
        if self.program is not None:
            return []
        return list(capacities_of(cast(HttpRequest, self.request), authority=authority))

    def acting(self, *, office: UUID | None, organisation: UUID | None) -> Actor:
        """As whom the caller acts here. Raises PermissionDenied for an office or organisation not theirs."""
        if self.program is not None:
            return self.program
        return actor_of(cast(HttpRequest, self.request), office=office, organisation=organisation)
