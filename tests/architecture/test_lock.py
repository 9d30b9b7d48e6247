"""The locks hold what pyproject.toml asks for, each file by its hash and none by its address."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

CHECKOUT = Path(settings.BASE_DIR)
LOCKS = ["product", "development"]
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)(\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)")


def _lock(name: str) -> str:
    return (CHECKOUT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def _locked(name: str) -> dict[str, str]:
    return {
        match["name"]: match["version"] for line in _lock(name).splitlines() if (match := PIN.match(line))
    }


def _wanted(name: str) -> dict[str, str]:
    """The pins of pyproject.toml; every one of them must be exact."""
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    lines = list(project["project"]["dependencies"])
    if name == "development":
        lines += project["dependency-groups"]["development"]
    matches = {line: PIN.match(line) for line in lines}
    assert [line for line, match in matches.items() if match is None] == []
    return {match["name"]: match["version"] for match in matches.values() if match}


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_is_as_fresh_as_the_pins(name: str) -> None:
    locked = _locked(name)

    assert {pin: locked.get(pin) for pin in _wanted(name)} == _wanted(name)


def test_development_stands_on_exactly_what_the_product_stands_on() -> None:
    product, development = _locked("product"), _locked("development")

    assert {pin: development.get(pin) for pin in product} == product


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_held_by_its_hash_and_none_by_an_address(name: str) -> None:
    text = _lock(name)
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]

    assert len(entries) == len(_locked(name)) > 50
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"\S*://\S*|^--.*|\s@\s.*", text, re.MULTILINE) == []


def test_the_maintained_state_machine_is_installed_and_not_its_namesake() -> None:
    assert "django-fsm-2" in _locked("product")
    assert "django-fsm" not in _locked("development")
