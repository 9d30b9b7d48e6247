"""The browsers of the authority's people."""

import time

from django.test import Client

from accounts.models import Function
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
