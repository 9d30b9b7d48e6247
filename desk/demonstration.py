"""The demonstration's content: example cases carried out, and the accounts that may look at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.conf import settings

from accounts.models import Membership, Tenure
from accounts.names import in_language
from desk.case_file import CaseFile, read_case_file
from desk.cast import MAIL_DOMAIN
from desk.results import write_results
from desk.walkthrough import already_here, carry_out

EXAMPLES = Path(__file__).resolve().parent / "example_cases"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody as whom to sign in: an address, and the office or organisation it belongs to.

    `totp_secret` goes into an authenticator app, in base 32; empty where the person has none.
    """

    email: str
    totp_secret: str
    belongs_to: str


def example_cases() -> list[CaseFile]:
    """The example cases, oldest application first. Raises BadCaseFile."""
    files = [read_case_file(path) for path in sorted(EXAMPLES.glob("*.json"))]
    return sorted(files, key=lambda file: (file.submitted_on or date.min, str(file.id)))


def not_here_yet(files: list[CaseFile]) -> list[CaseFile]:
    """Those that are not in the database."""
    return [file for file in files if not already_here(file)]


def load(file: CaseFile) -> list[str]:
    """Carries one case out and writes what it came to below DATA_DIR; says what went otherwise than told."""
    journey = carry_out(file)
    outcome = write_results(journey, settings.DATA_DIR / "walkthrough" / str(file.id))
    differs = outcome["differs"] if journey.all_handled else []
    return [*journey.refusals, *(f"other than expected: {key}" for key in differs)]


def accounts() -> Iterator[Account]:
    """The demonstration's accounts: first the offices, authority by authority, then the applicants."""
    secrets = {
        authenticator.user_id: decrypt(authenticator.data["secret"])
        for authenticator in Authenticator.objects.filter(
            type=Authenticator.Type.TOTP, user__email__endswith=MAIL_DOMAIN
        )
    }
    tenures = Tenure.objects.filter(person__email__endswith=MAIL_DOMAIN)
    for tenure in tenures.select_related("person", "office__authority").order_by("office__authority", "pk"):
        office = tenure.office
        title = in_language(office.title, "en")
        yield Account(
            email=tenure.person.email,
            totp_secret=secrets.get(tenure.person_id, ""),
            belongs_to=f"{title}, {in_language(office.authority.name, 'en')}",
        )
    memberships = Membership.objects.filter(person__email__endswith=MAIL_DOMAIN)
    for membership in memberships.select_related("person", "organisation").order_by("pk"):
        yield Account(
            email=membership.person.email,
            totp_secret=secrets.get(membership.person_id, ""),
            belongs_to=f"Applicant: {membership.organisation.name}",
        )
