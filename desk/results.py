"""Writes what a walkthrough came to: letters, timeline, evidence and outcome, in one folder."""

import json
from pathlib import Path
from typing import Any

from audit.evidence import write_pack
from audit.trail import event_record
from authorisation.models import Case
from desk.outcome import cases_with, differences, figures, issued_letters
from desk.timeline import events_of_case, timeline
from desk.walkthrough import Journey
from letters import storage
from letters.handing_out import stand_alone_verifier
from letters.models import Letter
from projects.documents import document_bytes
from projects.file_names import ending_of


def write_results(journey: Journey, folder: Path) -> dict[str, Any]:
    """Writes `NN-<kind>.pdf`, `timeline.txt`, `evidence.zip` and `outcome.json`; returns the outcome."""
    folder.mkdir(parents=True, exist_ok=True)
    outcome: dict[str, Any] = {}
    if journey.case is not None:
        files = _write_letters(journey.case, folder)
        (folder / "timeline.txt").write_text(_story(journey.case), encoding="utf-8")
        told = {event.pk: event for one in cases_with(journey.case) for event in events_of_case(one)}
        events = sorted(told.values(), key=lambda event: (event.stream, event.sequence))
        write_pack(
            folder / "evidence.zip",
            events=[event_record(event) for event in events],
            files=files,
            tools={"verify_letter.py": stand_alone_verifier()},
        )
        outcome = figures(journey.case, journey.file.expected)
    outcome["events"] = [
        {
            "on": event.on.isoformat(),
            "event": event.event,
            "result": event.result,
            "reasons": [{"code": reason.code, "text": str(reason)} for reason in event.reasons],
        }
        for event in journey.events
    ]
    outcome["refusals"] = journey.refusals
    outcome["differs"] = differences(outcome, journey.file.expected)
    text = json.dumps(outcome, ensure_ascii=False, indent=2) + "\n"
    (folder / "outcome.json").write_text(text, encoding="utf-8")
    return outcome


def _write_letters(case: Case, folder: Path) -> dict[str, bytes]:
    files = {}
    for number, letter in enumerate(issued_letters(case), start=1):
        name = f"{number:02d}-{letter.kind}.pdf"
        files[name] = storage.fetch(letter.signed_sha256)
        (folder / name).write_bytes(files[name])
        files |= _scans(letter, name.removesuffix(".pdf"))
    return files


def _scans(letter: Letter, name: str) -> dict[str, bytes]:
    """Of a letter that was signed by hand, the files of the scan that was confirmed, as they came."""
    if not letter.on_paper:
        return {}
    record = letter.paper_records.filter(check_made__accepted=True).get()
    return {
        f"{name}-scan-{scan.place}{ending_of(scan.document.name).lower()}": document_bytes(scan.document)
        for scan in record.scans.select_related("document")
    }


def _story(case: Case) -> str:
    lines = []
    told = {(line.at, line.step, line.sentence): line for one in cases_with(case) for line in timeline(one)}
    for line in sorted(told.values(), key=lambda one: one.at):
        by = f" ({line.by})" if line.by else ""
        lines.append(f"{line.at:%Y-%m-%d %H:%M}  {line.sentence}{by}")
        if line.reason:
            lines += [f"                  {text}" for text in line.reason.splitlines()]
    return "\n".join(lines) + "\n"
