"""Invented case files taken through all that comes after the letter: other names, years, acts and orders."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from audit.verification import verify_database
from authorisation.models import Authorisation, Case
from authorisation.verification import verify
from letters.models import Letter
from tests.desk.walking import walk

pytestmark = pytest.mark.national


def case_file(number: int, party: str, afterwards: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """A case file of an invented activity, approved in full; `changes` replace fields of a group."""
    made: dict[str, Any] = {
        "schema": "case/1",
        "id": f"INVENTED-{number}",
        "party": party,
        "ndc_period": {"from": 2021, "to": 2030},
        "cooperative_approach": {
            "ca_id": None,
            "name": f"Approach {number}",
            "parties": [party, "SWE"],
            "agreement": {"title": "Agreement", "signed_on": "2023-02-03"},
            "duration": {"from": "2023-01-01", "to": "2030-12-31"},
            "initial_report": "submitted",
        },
        "activity": {
            "title": f"Reed beds of delta {number}",
            "standard": "VCS",
            "registry_id": f"VCS9{number:03d}",
            "methodology": "VM0033",
            "sector": "Waste management",
            "activity_type": "Methane avoidance",
            "ghgs": ["CH4"],
            "metric": "GHG",
            "gwp": "AR5 100-year",
            "mitigation_type": "Emission reductions",
            "location": "The delta",
            "crediting_period": {"from": "2023-01-01", "to": "2032-12-31"},
            "expected_tco2e": {"2024": 5000, "2025": 6000, "2026": 7000},
        },
        "entities": [
            {
                "name": f"Reeds {number}",
                "country": party,
                "identification": f"R-{number}",
                "roles": ["applicant", "seller"],
            },
            {"name": "Nordic Buyer", "country": "SWE", "identification": "B-7", "roles": ["acquirer"]},
        ],
        "request": {
            "kind": "consolidated",
            "submitted_on": "2025-01-07",
            "uses": ["NDC"],
            "volumes_tco2e": {"2024": 5000, "2025": 4000},
            "outcomes_occur": {"from": "2024-01-01", "to": "2026-12-31"},
            "last_use_on": "2030-12-31",
            "tracking_registry": "national",
            "conditions": [],
            "change_terms": "After thirty days' notice, for what is not yet first transferred.",
        },
        "decision": {"decided_on": "2025-04-02", "signed_on": "2025-04-09", "outcome": "approve"},
        "afterwards": afterwards,
        "expected": {},
    }
    for group, given in changes.items():
        made[group] = {**made[group], **given} if isinstance(given, dict) else given
    return made


def event(on: str, name: str, refused: bool = False, **more: Any) -> dict[str, Any]:
    return {"on": on, "event": name, **more, **({"expect": "refused"} if refused else {})}


def changed(on: str, type_: str, refused: bool = False, **more: Any) -> dict[str, Any]:
    return event(on, "change", refused, type=type_, **more)


SECOND = {"name": "Second Seller", "country": "KEN", "identification": "S-2", "roles": ["seller"]}
OTHER_PURPOSE = {"uses": ["OP"], "oimp": {"op": "Targets of a city"}, "first_transfer_definition": "Issuance"}

FILES: tuple[dict[str, Any], ...] = (
    case_file(
        1,
        "THA",
        [
            event("2025-05-05", "suspension", reason="A report is overdue"),
            event("2025-06-01", "first_transfer", refused=True, volumes_tco2e={"2024": 10}, to_party="SWE"),
            changed("2025-06-02", "correction", text="The delta lies in another province."),
            event("2025-06-03", "resumption", reason="The report has come"),
            event("2025-06-03", "resumption", refused=True),
            event("2025-06-04", "first_transfer", volumes_tco2e={"2024": 1000}, to_party="SWE"),
            event("2025-09-01", "revocation", scope={"2024": 4500, "2025": 1}, reason="Over-crediting"),
            event("2025-10-01", "surrender", scope="all", reason="The site was sold"),
            event("2025-10-02", "top_up", refused=True, volumes_tco2e={"2025": 1}),
        ],
        expected={
            "letters": [
                "authorisation", "notice", "suspension", "addendum", "resumption", "revocation", "surrender",
            ],
            "no_letters": ["amendment", "discontinued"],
            "authorised_tco2e": 1000,
            "first_transferred_tco2e": 1000,
            "revoked_tco2e": 8000,
            "state": "surrendered",
        },
    ),
    case_file(
        2,
        "KEN",
        [
            changed("2025-05-01", "entity_added", entity=SECOND),
            changed("2025-05-02", "entity_renamed", entity="Nordic Buyer", to="Nordic Buyer AB"),
            changed("2025-05-03", "entity_removed", entity="Second Seller"),
            changed("2025-05-04", "entity_removed", refused=True, entity="Second Seller"),
            changed("2025-05-05", "use_added", use="OP", oimp={"op": "Targets of a city"}, refused=True),
            changed("2025-05-06", "methodology", methodology="VM0033 version 2"),
            changed("2025-05-07", "quantity_up", volumes_tco2e={"2025": 6000, "2026": 7000}),
            changed("2025-05-08", "quantity_up", refused=True, volumes_tco2e={"2026": 7001}),
            changed("2025-05-09", "quantity_down", volumes_tco2e={"2024": 4000}),
            changed(
                "2025-05-10", "period", last_use_on="2029-12-31",
                outcomes_occur={"from": "2024-01-01", "to": "2025-12-31"},
            ),
            changed("2025-05-11", "consent_terms", consent_to_revocation=["SWE"]),
            changed("2025-05-11", "consent_terms", refused=True, consent_to_revocation=["SWE"]),
            changed("2025-05-11", "identifier_assigned", ca_id="CA0777"),
            changed("2025-05-12", "clarification", text="Adjustments follow the vintage."),
            event("2031-02-03", "first_transfer", refused=True, volumes_tco2e={"2024": 1}, to_party="SWE"),
        ],
        expected={
            "letters": ["authorisation", *["addendum"] * 4, *["amendment"] * 4, *["addendum"] * 2],
            "authorised_tco2e": 10000,
            "revoked_tco2e": 0,
            "state": "expired",
        },
    ),
    case_file(
        3,
        "PRY",
        [
            event("2025-05-01", "issuance", volumes_tco2e={"2024": 300, "2025": 100}),
            changed("2025-05-20", "use_added", use="NDC"),
            changed("2025-05-21", "use_removed", use="OP"),
            event("2025-05-22", "issuance", volumes_tco2e={"2024": 50}),
            event("2025-05-22", "first_transfer", volumes_tco2e={"2024": 20}, to_party="SWE"),
            event("2025-06-30", "revocation", scope="all", reason="A new law"),
            event("2025-07-01", "issuance", volumes_tco2e={"2025": 9}),
        ],
        request={**OTHER_PURPOSE, "volumes_tco2e": None, "total_tco2e": None},
        expected={"state": "revoked", "not_covered_tco2e": 38, "issued_tco2e": 421, "revoked_tco2e": 29},
    ),
    case_file(
        4,
        "GHA",
        [event("2025-05-01", "appeal", outcome="dismissed", reason="The baseline was misread")],
        decision={"outcome": "refuse", "reasons": ["The baseline is too high"]},
        expected={"letters": ["refusal", "appeal"], "state": "refused", "no_letters": ["authorisation"]},
    ),
    case_file(
        5,
        "CHL",
        [
            event("2025-04-09", "revocation", scope="all", reason="Forged documents"),
            event("2025-08-01", "appeal", outcome="dismissed", reason="They were no forgeries"),
        ],
        request={
            "volumes_tco2e": None, "total_tco2e": 7000, "change_terms": "With the other Party's consent.",
        },
        expected={
            "letters": ["authorisation", "notice", "revocation", "appeal"],
            "state": "revoked",
            "authorised_tco2e": 0,
            "revoked_tco2e": 7000,
        },
    ),
    case_file(
        6,
        "GHA",
        [event("2025-05-01", "appeal", outcome="upheld", reason="The baseline was misread")],
        decision={"outcome": "refuse", "reasons": ["The baseline is too high"]},
        expected={"letters": ["refusal", "appeal"], "state": "refused"},
    ),
)  # fmt: skip
# Taken through every time; the others are left to the long proofs, for each letter takes its second.
OFTEN = ("INVENTED-1", "INVENTED-5")
WALKED = [
    pytest.param(file, id=file["id"], marks=() if file["id"] in OFTEN else (pytest.mark.proof,))
    for file in FILES
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("file", WALKED)
def test_every_event_goes_as_the_file_says_and_all_is_whole(tmp_path: Path, file: dict[str, Any]) -> None:
    path = tmp_path / f"{file['id']}.json"
    path.write_text(json.dumps(file), "utf-8")
    _said, complained = walk(path, out=tmp_path / "out")
    found = json.loads((tmp_path / "out" / file["id"] / "outcome.json").read_text("utf-8"))
    assert (complained, found["refusals"], found["differs"]) == ("", [], [])
    wanted = sorted(file["afterwards"], key=lambda one: str(one["on"]))
    assert [(one["on"], one["event"], one["result"]) for one in found["events"]] == [
        (one["on"], one["event"], "refused" if "expect" in one else "done") for one in wanted
    ]
    assert verify().wrong == []
    assert verify_database().whole
    for authorisation in Authorisation.objects.all():
        numbers = list(authorisation.versions.values_list("number", flat=True))
        assert numbers == list(range(1, authorisation.current_version + 1))
        about = Letter.objects.filter(case__authorisation=authorisation)
        speaking = about.filter(state="issued", kind__in=("authorisation", "addendum", "amendment"))
        ended = authorisation.state in ("revoked", "surrendered")
        assert speaking.count() == (0 if ended else 1), authorisation.identifier
        for old in about.filter(state="superseded"):
            assert old.superseded_by is not None
            assert old.signed_sha256
    assert not Case.objects.filter(authorisation__isnull=False, state="letter_due").exists()


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (changed("2025-05-01", "amnesty"), "amnesty"),
        (changed("2025-05-01", "identifier_assigned", ca_id="CA12"), "ca_id"),
        (changed("2025-05-01", "quantity_up", volumes_tco2e={"2025": -1}), "volumes_tco2e"),
        (event("2025-05-01", "revocation", scope="half"), "scope"),
        ({"event": "surrender"}, "on"),
    ],
)
@pytest.mark.django_db
def test_a_malformed_act_is_bad_input_and_writes_nothing(
    tmp_path: Path, wrong: dict[str, Any], place: str
) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(case_file(90, "THA", [wrong])), "utf-8")
    with pytest.raises(CommandError, match=place):
        walk(path, out=tmp_path / "out")
    assert not Case.objects.filter(source_id="INVENTED-90").exists()
    assert not (tmp_path / "out").exists()
