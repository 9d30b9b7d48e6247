"""Filling in the form of a page, without a browser: what stands in it is sent along, as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from django.test import Client

if TYPE_CHECKING:
    # The answer that a test's client gives; its stubs name it nowhere else.
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer = _MonkeyPatchedWSGIResponse

Sent = dict[str, list[str]]


class _Form(HTMLParser):
    """The fields of the form that posts to one address, with their values."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.sent: Sent = {}
        self._action, self._inside = action, False
        self._textarea = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self._action and given.get("method") == "post"
        elif self._inside and tag == "input":
            self._input(given)
        elif self._inside and tag == "textarea":
            self._textarea = given["name"]
            self.sent.setdefault(self._textarea, [""])
        elif self._inside and tag == "select":
            self._select = given["name"]
        elif self._inside and tag == "option" and ("selected" in given or self._select not in self.sent):
            self.sent[self._select] = [given["value"]]

    def _input(self, given: dict[str, str]) -> None:
        ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
        if ticked:
            self.sent.setdefault(given["name"], []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # A browser drops the line break after the opening tag.
            self.sent[self._textarea] = [self.sent[self._textarea][0] + data.removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "select":
            self._select = ""


def form_on(page: Answer, address: str) -> Sent:
    """What the form of a page would send to an address if nobody touched it."""
    form = _Form(address)
    form.feed(page.content.decode())
    assert form.sent, f"there is no form that posts to {address}"
    return form.sent


def fill_in(client: Client, address: str, **typed: Any) -> Answer:
    """Opens a page, types into its form, and sends it."""
    sent = {**form_on(client.get(address), address), **typed}
    return client.post(address, {name: value for name, value in sent.items() if value is not None})
