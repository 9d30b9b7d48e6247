"""The service accounts of an organisation, each with its tokens."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from accounts.models import Organisation, Scope, ServiceAccount, ServiceToken
from desk.people.selectors.paging import Part, named, part_of
from workflow.refusals import Words

# Each has a table of its own.
PAGE = 10


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token as its page shows it: what it opens, and whether it holds."""

    token: ServiceToken
    opens: tuple[Words, ...]


@dataclass(frozen=True, kw_only=True)
class Account:
    """A service account, with the tokens that hold, newest first."""

    account: ServiceAccount
    tokens: tuple[Token, ...]


@dataclass(frozen=True, kw_only=True)
class ProgramsPage:
    """The accounts that are open, one page of them."""

    organisation: Organisation
    accounts: tuple[Account, ...]
    part: Part[ServiceAccount]


def programs_page(organisation: Organisation, *, at: datetime, after: str = "") -> ProgramsPage:
    """The page, in a constant number of queries."""
    holding = ServiceToken.objects.filter(Q(revoked_at__isnull=True), expires_at__gt=at).order_by("-pk")
    accounts = organisation.service_accounts.filter(ended_at__isnull=True)
    part = part_of(
        accounts.prefetch_related(Prefetch("tokens", queryset=holding, to_attr="holding")),
        order=("opened_at", "pk"),
        after=named(after),
        seen=organisation.service_accounts.all(),
        most=PAGE,
    )
    return ProgramsPage(
        organisation=organisation,
        accounts=tuple(
            Account(account=one, tokens=tuple(_token(token) for token in one.holding))  # type: ignore[attr-defined]
            for one in part.rows
        ),
        part=part,
    )


def _token(token: ServiceToken) -> Token:
    return Token(token=token, opens=tuple(Scope(scope).label for scope in token.scopes))
