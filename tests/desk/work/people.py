"""Who opens the authority's pages, by their relationship to the authority of a case."""

import time
from collections.abc import Mapping

from django.test import Client

from accounts.models import Function, User
from accounts.services import create_membership
from tests.accounts.factories import AT, DAY, organisation, person
from tests.authorisation.factories import Staff
from tests.desk.browser import signed_in, with_app
from workflow.clock import RealClock


def browser_of(of: Staff, function: Function) -> Client:
    """The browser of the holder of an office, signed in with everything that the office asks for."""
    person = with_app(of.offices[function][1])
    before_the_code_changes()
    return signed_in(person)


def before_the_code_changes() -> None:
    """Waits for the next half minute at the end of one: a code read now would have passed on arrival."""
    left = 30 - RealClock().now().timestamp() % 30
    if left < 4:
        time.sleep(left)


def colleague_of_the_applicant(of: Staff) -> User:
    """Somebody of the applicant's organisation who did not apply."""
    colleague = person("colleague@example.org", name="Cora Colleague")
    create_membership(of.organisation, person=colleague, starts_on=DAY, actor="system", at=AT)
    return colleague


def everybody(here: Staff, there: Staff) -> Mapping[str, Client]:
    """One browser for each relationship to a case at `here`, by its name."""
    elsewhere = organisation("Forests Ltd", identification="F-1")
    forester = person("forester@example.org", name="Femi Forester")
    create_membership(elsewhere, person=forester, starts_on=DAY, actor="system", at=AT)
    found = {f"same authority: {function.value}": browser_of(here, function) for function in Function}
    found |= {f"other authority: {function.value}": browser_of(there, function) for function in Function}
    return found | {
        "own": signed_in(here.applicant),
        "same organisation": signed_in(colleague_of_the_applicant(here)),
        "other organisation": signed_in(forester),
        "none": signed_in(person("stranger@example.org", name="Sami Stranger")),
        "anonymous": Client(),
    }
