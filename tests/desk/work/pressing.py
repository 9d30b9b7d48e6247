"""Pressing the buttons of a page without a browser: what a form holds is sent as the page made it."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class _Forms(HTMLParser):
    """The forms of a page that are sent by POST, by their address, with their hidden and checked values."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("method") == "post"
            if self._inside:
                self.found.append((given.get("action") or "", {}))
        if tag == "input" and self._inside and given.get("name"):
            boxes = given.get("type") in ("checkbox", "radio")
            if not boxes or "checked" in given:
                self.found[-1][1].setdefault(str(given["name"]), []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def forms_of(response: Any) -> dict[str, dict[str, list[str]]]:
    """What each form of the page would send, by the end of its address (the name of the step)."""
    parser = _Forms()
    parser.feed(response.content.decode())
    return {action.rstrip("/").rpartition("/")[2]: values for action, values in parser.found}


def press(client: Client, address: str, step: str, **filled_in: Any) -> HttpResponse:
    """Opens a page and sends its form of this step, with what is filled in."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    forms = forms_of(page)
    assert step in forms, f"{step} is not offered, only {sorted(forms)}"
    return send(client, address_of(page, step), {**forms[step], **filled_in})


def send(client: Client, address: str, values: dict[str, Any]) -> HttpResponse:
    """Sends a form."""
    answer: HttpResponse = client.post(address, values)  # type: ignore[assignment]
    return answer


def address_of(response: Any, step: str) -> str:
    """The address of the page's form of this step."""
    parser = _Forms()
    parser.feed(response.content.decode())
    return next(action for action, _values in parser.found if action.rstrip("/").endswith(f"/{step}"))
