"""Who acts: a person in an office or for an organisation, a program for one, the system, or the clock."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Office, Organisation, ServiceAccount, User


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How and when a person last proved who they are: `totp` or `webauthn`; nothing else opens the door."""

    method: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person, in the office or for the organisation in which they act here."""

    user: User
    office: Office | None = None
    organisation: Organisation | None = None
    proof: Proof | None = None

    @property
    def trail_name(self) -> str:
        """The opaque name under which the trail knows this actor."""
        return f"person:{self.user.public_id}"

    @property
    def trail_office(self) -> str:
        """The opaque name of the office, or of the organisation acted for."""
        if self.office is not None:
            return f"office:{self.office.public_id}"
        if self.organisation is not None:
            return f"organisation:{self.organisation.public_id}"
        return ""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that acts for an organisation, under one of its service accounts."""

    account: ServiceAccount

    @property
    def organisation(self) -> Organisation:
        """For whom it acts: never for anybody whose mandate that organisation holds."""
        return self.account.organisation

    @property
    def trail_name(self) -> str:
        """The opaque name under which the trail knows this actor."""
        return self.account.actor

    @property
    def trail_office(self) -> str:
        """The opaque name of the organisation acted for."""
        return f"organisation:{self.organisation.public_id}"


@dataclass(frozen=True)
class Machine:
    """An actor that is no person: the system completing its own work, or the clock."""

    trail_name: str
    trail_office: str = ""


SYSTEM = Machine("system")
CLOCK = Machine("clock")

Actor = Person | Program | Machine
