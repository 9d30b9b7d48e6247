"""The contract between the packages (pyproject.toml, tool.importlinter) has no holes.

import-linter checks what it is told of; that it is told of everything is checked here.
"""

import tomllib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

CHECKOUT = Path(settings.BASE_DIR)
NOT_PRODUCT = {"tests", "bench"}
# A name that says nothing attracts everything.
NAMES_THAT_SAY_NOTHING = {"core", "common", "utils", "util", "helpers", "misc", "base", "shared", "lib"}


def _contract() -> dict[str, Any]:
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["tool"]["importlinter"]
    return table


def _layers() -> list[str]:
    [layers] = [contract["layers"] for contract in _contract()["contracts"] if contract["type"] == "layers"]
    return list(layers)


def _packages() -> set[str]:
    """Every folder of the checkout that Python code could be imported from."""
    return {
        folder.name
        for folder in CHECKOUT.iterdir()
        if folder.is_dir() and folder.name.isidentifier() and any(folder.glob("*.py"))
    }


def test_every_package_has_its_place_in_the_layers() -> None:
    packages = _packages() - NOT_PRODUCT

    assert packages == set(_layers())
    assert packages == set(_contract()["root_packages"])


def test_no_package_may_know_the_tests() -> None:
    [contract] = [one for one in _contract()["contracts"] if "tests" in one.get("forbidden_modules", [])]

    assert set(contract["source_modules"]) == set(_layers())
    assert set(contract["forbidden_modules"]) == NOT_PRODUCT


def test_every_package_is_a_django_application_of_its_own_name() -> None:
    ours = {config.label: config.name for config in apps.get_app_configs() if config.name in _layers()}

    assert ours == {name: name for name in _layers()}


def test_what_is_not_code_cannot_be_imported() -> None:
    for folder in ("templates", "static", "locale", "docs", "requirements"):
        assert not list((CHECKOUT / folder).rglob("*.py")), folder


def test_every_module_is_named_after_what_it_holds() -> None:
    modules = {
        path.relative_to(CHECKOUT)
        for package in _packages()
        for path in (CHECKOUT / package).rglob("*.py")
        if path.stem in NAMES_THAT_SAY_NOTHING or NAMES_THAT_SAY_NOTHING & set(path.parts)
    }

    assert modules == set()
