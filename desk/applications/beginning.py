"""What an application says before anybody has written in it."""

from typing import Any

from accounts.models import Authority, Organisation
from authorisation.kinds import Kind


def begun(title: str, authority: Authority, applicant: Organisation, kind: Kind) -> dict[str, Any]:
    """What is known when an application begins: all of it stands in the sections, to be changed there."""
    entity: dict[str, Any] = {"name": applicant.name, "country": applicant.country, "roles": ["applicant"]}
    if applicant.identification:
        entity["identification"] = applicant.identification
    return {
        "activity": {"title": title},
        "cooperative_approach": {"parties": [authority.party.code]},
        "entities": [entity],
        "request": {"kind": kind.value},
    }
