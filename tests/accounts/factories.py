"""People and authorities for tests, made by the use-cases themselves."""

from datetime import UTC, date, datetime

from accounts.models import Authority, Function, Office, Organisation, Party, Tenure, User, Vetting
from accounts.services import (
    ask_for_vetting,
    create_authority,
    create_office,
    create_organisation,
    decide_vetting,
    start_tenure,
)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)


def person(email: str = "ama@example.org", *, name: str = "Ama Mensah") -> User:
    return User.objects.create_user(email, name=name)


def authority(code: str = "GHA", *, time_zone: str = "Africa/Accra") -> Authority:
    return create_authority(
        Party.objects.get(code=code),
        slug=code.lower(),
        name={"en": f"Authority of {code}"},
        time_zone=time_zone,
        languages=["en"],
        actor="system",
        at=AT,
    )


def two_authorities() -> tuple[Authority, Authority]:
    return authority("GHA"), authority("VUT", time_zone="Pacific/Efate")


def organisation(
    name: str = "Stoves Ltd", *, country: str = "GHA", identification: str = "C-1"
) -> Organisation:
    return create_organisation(name, country=country, identification=identification, actor="system", at=AT)


def office(of: Authority, *, function: Function = Function.DESK_OFFICER, body: str = "") -> Office:
    return create_office(
        of, function=function, title={"en": str(function.label)}, body=body, actor="system", at=AT
    )


def tenure(
    of: Office,
    holder: User,
    *,
    starts_on: date = DAY,
    ends_on: date | None = None,
    deputy_of: Tenure | None = None,
) -> Tenure:
    return start_tenure(
        of, person=holder, starts_on=starts_on, ends_on=ends_on, deputy_of=deputy_of, actor="system", at=AT
    )


def vetted(
    of: Organisation, by_authority: Authority, *, member: User, officer: User, at: datetime = AT
) -> Vetting:
    """The organisation, let in by the authority: its member asked, the desk officer answered."""
    asked = ask_for_vetting(of, authority=by_authority, by=member, at=at)
    return decide_vetting(asked, outcome=Vetting.Outcome.ACCEPTED, by=officer, at=at)
