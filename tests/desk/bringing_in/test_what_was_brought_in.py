"""The pages of an authorisation that was brought in: there like any other, with its original named."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from authorisation.models import Authorisation, EarlierLetter
from desk.api.authorisations import OneAuthorisationSerializer
from tests.desk.api.calling import get
from tests.desk.bringing_in.files import file_of, rows
from tests.desk.bringing_in.test_import_blocks import run

pytestmark = pytest.mark.django_db


def test_every_page_about_it_opens_and_the_register_names_the_original(
    client: Client, tmp_path: Path
) -> None:
    some = rows(["Gambia"])
    run(file_of(tmp_path, some))
    authorisation = Authorisation.objects.get()
    case = authorisation.versions.get().case

    entry = client.get(reverse("register_entry", args=[authorisation.identifier]))
    assert entry.status_code == 200
    said = entry.content.decode()
    assert some[0]["link"] in said
    for unknown in EarlierLetter.objects.get().unknown_in_words:
        assert str(unknown) in said
    assert said.count("not known here") == 3, "Parties, periods and the last day of use"
    assert "– –" not in said
    year = some[0]["authorisation_year"]
    assert f'given in <time datetime="{year}">{year}</time>' in said
    assert f"1 January {year}" not in said
    listed = client.get(reverse("register")).content.decode()
    assert f'<time datetime="{year}">{year}</time>' in listed
    assert f"1 January {year}" not in listed
    assert authorisation.identifier in client.get(reverse("register")).content.decode()

    client.force_login(case.opened_by)
    for name, value in (
        ("case", case.public_id),
        ("casework", case.public_id),
        ("volumes", authorisation.identifier),
    ):
        assert client.get(reverse(name, args=[value])).status_code == 200, name


def test_programs_are_told_the_year_of_days_that_nobody_knows_and_what_else_is_unknown(
    tmp_path: Path,
) -> None:
    some = rows(["Gambia"])
    run(file_of(tmp_path, some))
    authorisation = Authorisation.objects.get()
    year = some[0]["authorisation_year"]

    entry = get(f"register/{authorisation.identifier}").json()
    assert entry["state_since"] == year
    assert entry["earlier"]["link"] == some[0]["link"]
    assert {"days", "holder", "periods"} <= set(entry["earlier"]["unknown"])
    [row] = get("register").json()["rows"]
    assert row["effective_on"] == year
    [version] = OneAuthorisationSerializer(authorisation).data["versions"]
    assert {version[day] for day in ("decided_on", "signed_on", "notified_on", "effective_on")} == {year}
