"""Submit to issued letter, through every step and all the people it takes: how long, and where it goes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from accounts.models import Function
from authorisation import proposals
from authorisation.handling import bodies_of
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.models.decisions import Outcome
from authorisation.services import applications, decisions, desk, reviews
from authorisation.terms import asked_for
from authorisation.verdicts import Verdict
from bench.timing import seconds
from desk.case_file import CaseFile, read_case_file
from desk.cast import Cast, cast_for
from desk.walking import filled_in
from letters.models import Letter
from letters.services import consent
from workflow import outbox
from workflow.clock import SetClock, noon
from workflow.door import Act

EXAMPLE = Path("desk/example_cases/mwi-gs11677.json")


class Journey:
    """One application on its way, one method a step."""

    def __init__(self, file: CaseFile, people: Cast, number: int) -> None:
        self.people = people
        self.clock = SetClock(noon(people.authority, date(2024, 1, 15)) + timedelta(hours=number))
        content = file.application.as_json()
        content["activity"] |= {"title": f"Activity {number}", "registry_id": f"BENCH{number}"}
        self.content: dict[str, Any] = content
        self.case: Case

    def open(self) -> None:
        self.case = applications.open_case(
            act=self._applicant(),
            authority=self.people.authority,
            kind=Kind.CONSOLIDATED,
            applicant=self.people.organisation,
            content=self.content,
        )

    def submit(self) -> None:
        self.case = applications.submit(self.case, act=self._applicant(), declared=True)

    def accept(self) -> None:
        self.case = desk.accept(self.case, act=self._office(Function.DESK_OFFICER))

    def opinion(self) -> None:
        act = self._office(Function.REVIEWER)
        (body,) = bodies_of(self.case)
        self.case = reviews.give_opinion(
            self.case, act=act, verdict=Verdict.FAVOURABLE, reasons="In order.", sheet=filled_in(body)
        )

    def recommend(self) -> None:
        self.case = desk.recommend(
            self.case,
            act=self._office(Function.DESK_OFFICER),
            outcome=Outcome.APPROVE,
            reasons="In order.",
            answers={finding.rule: "Seen." for finding in proposals.findings_on_request(self.case)},
        )

    def approve(self) -> None:
        granted = asked_for(proposals.content_of(self.case))
        self.case = decisions.approve(self.case, act=self._office(Function.DECIDER), granted=granted)

    def render(self) -> None:
        outbox.deliver_due()

    def sign(self) -> None:
        letter = Letter.objects.get(case=self.case)
        consent(letter, act=self._office(Function.SIGNER), digest=letter.unsigned_sha256)

    def seal_and_issue(self) -> None:
        outbox.deliver_due()

    def _applicant(self) -> Act:
        return Act(actor=self.people.applying(), clock=self.clock)

    def _office(self, function: Function) -> Act:
        return Act(actor=self.people.in_office(function, self.clock.now()), clock=self.clock)


def _steps(journey: Journey) -> dict[str, Callable[[], None]]:
    return {
        "open a draft": journey.open,
        "submit": journey.submit,
        "accept": journey.accept,
        "opinion": journey.opinion,
        "recommend": journey.recommend,
        "approve, draw the letter": journey.approve,
        "render (worker)": journey.render,
        "consent to the digest": journey.sign,
        "seal, verify, issue, conclude (worker)": journey.seal_and_issue,
    }


def measure(*, rounds: int = 12) -> list[str]:
    """The report, as lines."""
    file = read_case_file(EXAMPLE)
    if file.party is None or file.applicant is None:
        raise SystemExit(f"{EXAMPLE} names no Party or no applicant.")
    people = cast_for(file.party, file.applicant, at=datetime(2024, 1, 1, tzinfo=UTC))
    taken: dict[str, list[float]] = {}
    totals = []
    for number in range(rounds + 1):
        times = {name: seconds(step) for name, step in _steps(Journey(file, people, number)).items()}
        if number:  # the first one loads fonts and makes keys
            totals.append(sum(times.values()))
            for name, time in times.items():
                taken.setdefault(name, []).append(time)
    issued = Case.objects.filter(state="granted").count()
    if issued != rounds + 1:
        raise SystemExit(f"Only {issued} of {rounds + 1} cases were granted: the figures would mean nothing.")
    total = median(totals)
    lines = [
        f"Submit to issued letter, all steps and people: median {total * 1000:.0f} ms of {rounds} (SQLite)"
    ]
    for name, times_of_step in taken.items():
        step = median(times_of_step)
        lines.append(f"  {name:<40} {step * 1000:7.1f} ms  {step / total:5.0%}")
    return lines
