"""What a row of the matrix says: one address in one situation, and what everybody is answered there."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from desk.access import Access
from tests.desk.access import visitors as who
from tests.desk.access.world import World

Sent = dict[str, Any]


class Called(dict[str, Any]):
    """What a program sends: JSON, under a key of its own."""


class Patched(Called):
    """The same, as a change to what is there."""


class Uploaded(Called):
    """The same with a file, as a form."""


@dataclass(frozen=True)
class Answer:
    """What somebody is answered: the status, and where they are led."""

    name: str
    status: int
    to: str = ""
    elsewhere: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        """Whether this is the answer to an act that was carried out."""
        return self.elsewhere

    @property
    def tells(self) -> bool:
        """Whether it tells the visitor that there is something, and why they may not."""
        return self.status in (403, 409, 422) or self == SHOW_AGAIN

    def fits(self, response: Any) -> bool:
        """Whether this is the answer that came."""
        led = response.headers.get("Location", "")
        if response.status_code != self.status or not led.startswith(self.to):
            return False
        return not (self.elsewhere and led.startswith(("/sign-in/", "/account/second-factor/")))


PAGE = Answer("the page", 200)
DONE = Answer("done", 302, elsewhere=True)
HIDDEN = Answer("as if it were not there", 404)
REFUSED = Answer("refused: not for them", 403)
CONFLICT = Answer("refused: not in this state", 409)
MISTAKEN = Answer("refused: what was sent does not hold", 422)
NO_SUCH_METHOD = Answer("no such method", 405)
UNKNOWN = Answer("asked who they are", 401)
SIGN_IN = Answer("led to the sign-in", 302, "/sign-in/?next=/")
TO_CASES = Answer("led to the cases", 302, "/cases/")
SHOW_AGAIN = Answer("asked for the second factor again", 302, "/account/second-factor/confirm/?next=")
SHOW_FIRST = Answer("asked for the second factor", 302, "/account/second-factor/confirm/?next=")
SET_UP = Answer("led to setting up a second factor", 302, "/account/second-factor/")


def to(address: str) -> Answer:
    """Led to this address."""
    return Answer(f"led to {address}", 302, address)


Answers = Mapping[Answer, Collection[str]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One address in one situation.

    name      of the URL, or its pattern where it has no name
    at        what the address names, by the name of the argument; or the whole address
    situation where one address has several rows
    access    the level that its URL configuration must declare
    get       who is answered what; everybody else who may ask is answered `rest`
    post      the same where the address takes an act, with what is sent; empty where it takes none
    keeps     the act changes no record even where it is done
    changes   whose act changes something, where that is not everybody for whom it is done
    notes     to look is written down
    """

    name: str
    at: Callable[[World], Mapping[str, Any] | str] = field(default=lambda world: {})
    situation: str = ""
    access: Access = Access.SIGNED_IN
    get: Answers
    rest: Answer = HIDDEN
    post: Answers = field(default_factory=dict)
    post_rest: Answer | None = None
    sends: Callable[[World, str], Sent] = field(default=lambda world, visitor: {})
    keeps: bool = False
    changes: Collection[str] | None = None
    notes: bool = False

    def __str__(self) -> str:
        return f"{self.name}, {self.situation}" if self.situation else self.name

    def address(self, world: World) -> str:
        """Where it is."""
        at = self.at(world)
        return at if isinstance(at, str) else reverse(self.name, kwargs=dict(at))

    def answer(self, visitor: str, *, act: bool = False) -> Answer:
        """What this visitor is answered."""
        table = self.post if act else self.get
        found = [answer for answer, visitors in table.items() if visitor in visitors]
        assert len(found) <= 1, f"{self}: two answers to the {visitor}"
        if found:
            return found[0]
        if self.access is Access.PROGRAMS:
            # As the pages do, only without leading anybody anywhere.
            if visitor in who.NOT_IN:
                return UNKNOWN
            if visitor in who.UNPROVED:
                return REFUSED
        if self.access is not Access.ANYBODY and visitor in who.NOT_IN:
            return SIGN_IN
        if self.access in (Access.SIGNED_IN, Access.ADMINISTRATORS) and visitor in who.UNPROVED:
            return SHOW_FIRST if visitor == who.NOT_SHOWN else SET_UP
        return self.post_rest or self.rest if act else self.rest

    def is_to_change(self, visitor: str) -> bool:
        """Whether this visitor's act changes something."""
        if self.changes is not None:
            return visitor in self.changes
        return self.answer(visitor, act=True) is DONE and not self.keeps
