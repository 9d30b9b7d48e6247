"""The one plain procedure under which tests open cases, whatever Party they name."""

from authorisation import handling
from authorisation.procedures import BUILT_IN, DEFAULT, SHIPPED


def enter() -> None:
    """From now on no Party has a procedure of its own, and the default is the plain one."""
    vars(handling).update(SHIPPED={}, DEFAULT=BUILT_IN)


def leave() -> None:
    """From now on Parties have theirs again."""
    vars(handling).update(SHIPPED=SHIPPED, DEFAULT=DEFAULT)
