"""People at a browser: their pages, how they sign in, and how they prove who they are."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.desk.browser import code_of, half_a_minute_passes
from tests.desk.cases import PASSWORD

T = TypeVar("T")

# As wide as a desk's screen, and as the narrowest telephone.
DESK, TELEPHONE = 1280, 360

# A folder in which to leave pictures of the pages, for whoever wants to look.
PICTURES = os.environ.get("TEST_PICTURES", "")


def apart(do: Callable[[], T]) -> T:
    """Does something in a thread of its own: the browser's driver runs an event loop in this one.

    Neither the database nor the library that seals letters likes to be called inside of a loop.
    """

    def done() -> T:
        try:
            return do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(done).result()


@dataclass
class Pages:
    """Opens pages for people, each in a session of their own, and notes what goes wrong behind the scenes.

    faults   errors in the console, and requests to any other host than ours
    """

    browser: Browser
    address: str
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, *, javascript: bool = True, width: int = DESK, **options: Any) -> Page:
        """A page of somebody who has not been here before."""
        context = self.browser.new_context(
            base_url=self.address,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 800},
            # Nothing slides: what is looked at next is there at once.
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(30_000)
        context.on("console", self._said)
        context.on("request", self._asked)
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        """Ends every session."""
        for number, context in enumerate(self._contexts):
            for page in context.pages:
                picture(page, f"at-the-end-{number}")
            context.close()

    def _said(self, message: ConsoleMessage) -> None:
        # That a page answers 404 or 403 is told in the console too; a test that opens one expects it.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"asks another host: {request.url}")


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Signs in with the first factor."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def prove(page: Page, secret: str) -> None:
    """Enters what an authenticator app with this secret shows now, and after a while the next code."""
    # A code read at the end of its half minute has passed when it arrives: then the next one is given.
    for _time in range(2):
        page.get_by_label("Code").fill(code_of(secret))
        page.get_by_role("main").get_by_role("button").first.click()
        apart(half_a_minute_passes)
        if not shows(page, "Code"):
            return
    raise AssertionError(page.get_by_role("main").inner_text())


def an_hour_passes() -> None:
    """For every session: whoever proved who they are did so an hour ago."""
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        for record in session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
            record["at"] -= 3600
        session.modified = True
        session.save()


def arrived(page: Page) -> Page:
    """The page, once it is all here. What is asked of it without waiting may be asked of half a page."""
    page.wait_for_load_state()
    expect(page.get_by_role("main")).to_be_visible()
    return page


def shows(page: Page, label: str) -> bool:
    """Whether the page that was opened last asks for this."""
    return arrived(page).get_by_label(label).count() > 0


def fits(page: Page) -> bool:
    """Nothing sticks out of the side of the page: it cannot be moved sideways."""
    arrived(page)
    return int(page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")) <= 0


def picture(page: Page, name: str) -> None:
    """Leaves a picture of the whole page, if somebody wants to look."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES, f"{name}.png"), full_page=True, caret="initial")
