"""A case's story in sentences: its events, and those of its letters and authorisation, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from accounts.models import Office, Organisation
from accounts.names import in_language
from audit.models import Event
from authorisation.models import Case
from workflow.refusals import Words

# What each action of each lifecycle says, by the stream's model and the action.
SENTENCES: dict[tuple[str, str], Words] = {
    ("case", "open"): _("The case was opened."),
    ("case", "submit"): _("The application was submitted."),
    ("case", "return_for_completion"): _(
        "The application was returned for completion: something is missing."
    ),
    ("case", "waive"): _("An item of the application was found not applicable."),
    ("case", "accept"): _("The application was found complete and accepted for review."),
    ("case", "file"): _("The authority filed the case."),
    ("case", "serve_notice"): _("Notice was served on the holder."),
    ("case", "hear"): _("The holder was heard, or let the time pass."),
    ("case", "suspend_at_once"): _("First transfers were blocked at once."),
    ("case", "ask"): _("The applicant was asked something."),
    ("case", "answer"): _("The applicant answered."),
    ("case", "give_opinion"): _("A reviewing body gave its opinion."),
    ("case", "recommend"): _("The desk made its recommendation."),
    ("case", "send_back"): _("The case was sent back to review."),
    ("case", "approve"): _("The request was approved; the letter was drawn."),
    ("case", "approve_in_part"): _("The request was approved in part; the letter was drawn."),
    ("case", "refuse"): _("The request was refused; the letter was drawn."),
    ("case", "decline_to_sign"): _("The signing office declined to sign."),
    ("case", "conclude"): _("The letter was issued and the case concluded."),
    ("case", "withdraw"): _("The application was withdrawn."),
    ("case", "lapse"): _("The case lapsed."),
    ("case", "discontinue"): _("The authority discontinued the case."),
    ("letter", "draw"): _("A letter was drawn and took its number."),
    ("letter", "present"): _("The letter was presented for signature."),
    ("letter", "consent"): _("The letter was signed."),
    ("letter", "issue"): _("The letter was sealed and issued."),
    ("letter", "fail"): _("The letter could not be produced; it can be tried again."),
    ("letter", "retry"): _("The letter was tried again."),
    ("letter", "void"): _("The letter was made void."),
    ("letter", "supersede"): _("The letter was superseded."),
    ("letter", "withdraw"): _("The letter was withdrawn."),
    ("authorisation", "bring_into_force"): _("The authorisation came into force."),
    ("authorisation", "suspend"): _("The authorisation was suspended."),
    ("authorisation", "resume"): _("The authorisation was resumed."),
    ("authorisation", "revoke"): _("The authorisation was revoked."),
    ("authorisation", "surrender"): _("The authorisation was surrendered."),
    ("authorisation", "expire"): _("The authorisation expired."),
}
_REFUSED = _("A step was refused: %(step)s.")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event as a sentence: when, in the authority's time; what; by which office; and the reason given.

    `step` names lifecycle and step, such as `case.submit`.
    """

    at: datetime
    step: str
    sentence: str
    by: str
    reason: str
    refused: bool


def events_of_case(case: Case) -> list[Event]:
    """The events of a case, its letters and its authorisation, in the order in which they happened."""
    streams = [case.trail_stream, *(letter.trail_stream for letter in case.letters.all())]
    if case.authorisation is not None:
        streams.append(case.authorisation.trail_stream)
    return list(Event.objects.filter(stream__in=streams).order_by("time", "id"))


def timeline(case: Case, *, language: str = "en") -> list[Line]:
    """The story of a case, oldest first, in a constant number of queries."""
    events = events_of_case(case)
    zone = ZoneInfo(case.authority.time_zone)
    names = _names_of_actors(events, language)
    return [
        Line(
            at=event.time.astimezone(zone),
            step=".".join(_step(event)),
            sentence=_sentence(event),
            by=names.get(event.office, "") or _machine(event.actor),
            reason=event.reason,
            refused=event.action.endswith(":refused"),
        )
        for event in events
    ]


def _step(event: Event) -> tuple[str, str]:
    """The lifecycle and the step of an event, also where the step was refused."""
    return event.stream.partition(":")[0].rpartition(".")[2], event.action.partition(":")[0]


def _sentence(event: Event) -> str:
    model, step = _step(event)
    if event.action.endswith(":refused"):
        return str(_REFUSED) % {"step": step.replace("_", " ")}
    return str(SENTENCES[model, step])


def _machine(actor: str) -> str:
    words = {"system": _("the system"), "clock": _("the clock")}
    return str(words.get(actor, ""))


def _names_of_actors(events: Sequence[Event], language: str) -> dict[str, str]:
    """The titles of the offices, and the names of the organisations, for which people acted."""
    named = {event.office for event in events if event.office}
    offices = [name.partition(":")[2] for name in named if name.startswith("office:")]
    organisations = [name.partition(":")[2] for name in named if name.startswith("organisation:")]
    found = {
        f"office:{office.public_id}": in_language(office.title, language)
        for office in Office.objects.filter(public_id__in=offices)
    }
    for organisation in Organisation.objects.filter(public_id__in=organisations):
        found[f"organisation:{organisation.public_id}"] = organisation.name
    return found
