"""A case's story in sentences: its events, those of its letters and authorisation, and what follows from it.

What follows is what it asks of the holder, and who outside was to be told of it. Where it is about an
authorisation, what is recorded of the activity belongs to it: issuances, reversals, replacements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from accounts.models import Office, Organisation
from accounts.names import in_language
from audit.models import Event
from authorisation.models import Case
from desk.clock_notes import clock_notes
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
    ("case", "add_document"): _("A document was added."),
    ("case", "remove_document"): _("A document was removed from the draft."),
    ("case", "judge_document"): _("A document was accepted or rejected."),
    ("case", "charge"): _("A fee was asked for, by a notice."),
    ("case", "hand_in_proof"): _("A proof of payment was handed in."),
    ("case", "judge_proof"): _("A proof of payment was accepted or rejected."),
    ("case", "exempt_from_fee"): _("The applicant was exempted from a fee."),
    ("case", "download_document"): _("A confidential document was downloaded."),
    ("case", "file"): _("The authority filed the case."),
    ("case", "record_holder"): _("Another holder of units was recorded."),
    ("case", "serve_notice"): _("Notice was served on the holder."),
    ("case", "hear"): _("The holder was heard, or let the time pass."),
    ("case", "suspend_at_once"): _("First transfers were blocked at once."),
    ("case", "ask"): _("The applicant was asked something."),
    ("case", "answer"): _("The applicant answered."),
    ("case", "vote"): _("A member of a reviewing body voted."),
    ("case", "give_opinion"): _("A reviewing body gave its opinion."),
    ("case", "take_up_again"): _("A reviewing body took its review up again."),
    ("case", "recuse"): _("An officer declared a conflict of interest and takes no part any more."),
    ("case", "appoint_ad_hoc"): _("Somebody was appointed to a reviewing body for this case."),
    ("case", "recommend"): _("The desk made its recommendation."),
    ("case", "send_back"): _("The case was sent back to review."),
    ("case", "approve"): _("The request was approved; the letter was drawn."),
    ("case", "approve_in_part"): _("The request was approved in part; the letter was drawn."),
    ("case", "refuse"): _("The request was refused; the letter was drawn."),
    ("case", "decline_to_sign"): _("The signing office declined to sign."),
    ("case", "bring_in"): _("An authorisation given before this register was kept was brought in."),
    ("case", "conclude"): _("The letter was issued and the case concluded."),
    ("case", "withdraw"): _("The application was withdrawn."),
    ("case", "lapse"): _("The case lapsed."),
    ("case", "remind"): _("Who is waited on was reminded."),
    ("case", "warn"): _("The applicant was warned that the case would lapse."),
    ("case", "escalate"): _("The time had run out, and the case was passed on."),
    ("case", "silence"): _("The time of a reviewing body ran out."),
    ("case", "discontinue"): _("The authority discontinued the case."),
    ("letter", "draw"): _("A letter was drawn and took its number."),
    ("letter", "present"): _("The letter was presented for signature."),
    ("letter", "consent"): _("The letter was signed."),
    ("letter", "choose_paper"): _("The letter is to be signed by hand, on paper."),
    ("letter", "choose_electronic"): _("The letter is to be signed electronically after all."),
    ("letter", "present_paper"): _("The file to print was made."),
    ("letter", "note_hand"): _("An officer recorded that an office had signed the paper by hand."),
    ("letter", "download_document"): _("A scan of the signed paper, or its copy, was downloaded."),
    ("letter", "record_paper"): _("An officer recorded the signed paper and handed in its scan."),
    ("letter", "present_copy"): _("The copy of the paper was made, to be compared."),
    ("letter", "confirm_paper"): _("A second officer compared the copy with the paper and confirmed it."),
    ("letter", "return_paper"): _("A second officer sent the record of the paper back."),
    ("letter", "hand_over"): _("It was recorded where the paper is kept, and by whom."),
    ("letter", "issue"): _("The letter was sealed and issued."),
    ("letter", "fail"): _("The letter could not be produced; it can be tried again."),
    ("letter", "retry"): _("The letter was tried again."),
    ("letter", "void"): _("The letter was made void."),
    ("letter", "supersede"): _("The letter was superseded."),
    ("letter", "withdraw"): _("The letter was withdrawn."),
    ("authorisation", "bring_into_force"): _("The authorisation came into force."),
    ("authorisation", "cover"): _(
        "Outcomes were issued; what the authorisation covers of them was recorded."
    ),
    ("authorisation", "record_first_transfer"): _("A first transfer was recorded."),
    ("authorisation", "record_use"): _("A use of outcomes was recorded."),
    ("authorisation", "record_cancellation"): _("A cancellation of outcomes was recorded."),
    ("authorisation", "amend"): _("The authorisation was changed: its next version came into force."),
    ("authorisation", "note_condition"): _("A condition precedent was recorded as met."),
    ("authorisation", "suspend"): _("The authorisation was suspended."),
    ("authorisation", "resume"): _("The authorisation was resumed."),
    ("authorisation", "revoke"): _("The authorisation was revoked."),
    ("authorisation", "surrender"): _("The authorisation was surrendered."),
    ("authorisation", "expire"): _("The authorisation expired."),
    ("authorisation", "bring_in_as_suspended"): _("It was brought in as suspended."),
    ("authorisation", "bring_in_as_revoked"): _("It was brought in as revoked."),
    ("authorisation", "bring_in_as_surrendered"): _("It was brought in as surrendered."),
    ("authorisation", "bring_in_as_expired"): _("It was brought in as expired."),
    ("activity", "register"): _("The activity was registered."),
    ("activity", "number"): _("The activity got the number of its standard’s registry."),
    ("activity", "state_expected_mitigation"): _("What the activity is expected to achieve was stated."),
    ("activity", "endorse"): _("The activity was endorsed by a letter."),
    ("activity", "authorise"): _("The activity was authorised with its outcomes."),
    ("activity", "authorise_further"): _("Further outcomes of the activity were authorised."),
    ("activity", "record_issuance"): _("An issuance of outcomes of the activity was recorded."),
    ("activity", "record_reversal"): _("A reversal, or units credited in excess, was recorded."),
    ("activity", "record_replacement"): _("A replacement of units was recorded."),
    ("activity", "suspend"): _("The activity was suspended."),
    ("activity", "resume"): _("The activity was resumed."),
    ("activity", "end"): _("The activity has ended."),
    ("activity", "download_document"): _("A confidential document about the activity was downloaded."),
    ("obligation", "begin"): _("It is asked of the holder from now on: %(what)s."),
    ("obligation", "remind"): _("The holder was reminded: %(what)s."),
    ("obligation", "escalate"): _("Its day had passed, and it was passed on: %(what)s."),
    ("obligation", "hand_in"): _("Evidence was handed in: %(what)s."),
    ("obligation", "find_met"): _("It was found met: %(what)s."),
    ("obligation", "find_not_met"): _("It was found not met by what was handed in: %(what)s."),
    ("obligation", "extend"): _("More time was given: %(what)s."),
    ("obligation", "find_breach"): _("A breach was found: %(what)s."),
    ("obligation", "open_suspension"): _("A suspension was opened on the breach: %(what)s."),
    ("obligation", "waive"): _("It was waived this time: %(what)s."),
    ("obligation", "lift"): _("It is no longer owed: %(what)s."),
    ("announcement", "list"): _("To be told: %(what)s."),
    ("announcement", "record_done"): _("It was recorded that they were told: %(what)s."),
    ("announcement", "tell"): _("They were told by the system: %(what)s."),
    ("announcement", "excuse"): _("It was found that they need not be told: %(what)s."),
}
_REFUSED = _("A step was refused: %(step)s.")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event as a sentence: when, in the authority's time; what; by which office; and the reason given.

    `step` names lifecycle and step, such as `case.submit`; `clock` says what it did to the clocks.
    """

    at: datetime
    step: str
    sentence: str
    by: str
    reason: str
    refused: bool
    clock: str = ""


def events_of_case(case: Case) -> list[Event]:
    """The events of a case, and of all that belongs to it, in the order in which they happened."""
    return _events_of(case, _following(case))


def _events_of(case: Case, following: Mapping[str, Words]) -> list[Event]:
    streams = [case.trail_stream, *(letter.trail_stream for letter in case.letters.all()), *following]
    if case.authorisation is not None:
        streams.append(case.authorisation.trail_stream)
        if case.activity is not None:
            streams.append(case.activity.trail_stream)
    return list(Event.objects.filter(stream__in=streams).order_by("time", "id"))


def _following(case: Case) -> Mapping[str, Words]:
    """The streams of what the case asks of the holder and of who was to be told of it, each with its name."""
    asked: dict[str, Words] = {one.trail_stream: one.requirement.label for one in case.obligations.all()}
    for one in case.announcements.all():
        to = one.get_recipient_display()
        asked[one.trail_stream] = f"{to} {one.whom}" if one.whom else to
    return asked


def timeline(case: Case, *, language: str = "en") -> list[Line]:
    """The story of a case, oldest first, in a constant number of queries."""
    following = _following(case)
    events = _events_of(case, following)
    zone = ZoneInfo(case.authority.time_zone)
    names = _names_of_actors(events, language)
    notes = clock_notes(case, events)
    return [
        Line(
            at=event.time.astimezone(zone),
            step=".".join(_step(event)),
            sentence=_sentence(event, following.get(event.stream, "")),
            by=names.get(event.office, "") or _machine(event.actor),
            reason=event.reason,
            refused=event.action.endswith(":refused"),
            clock=notes.get(event.sequence, "") if event.stream == case.trail_stream else "",
        )
        for event in events
    ]


def _step(event: Event) -> tuple[str, str]:
    """The lifecycle and the step of an event, also where the step was refused."""
    return event.stream.partition(":")[0].rpartition(".")[2], event.action.partition(":")[0]


def _sentence(event: Event, what: Words) -> str:
    model, step = _step(event)
    if event.action.endswith(":refused"):
        return str(_REFUSED) % {"step": step.replace("_", " ")}
    said = str(SENTENCES[model, step])
    return said % {"what": what} if what else said


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
