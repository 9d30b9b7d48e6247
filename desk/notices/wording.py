"""What notices say, by who is told and of which step.

The same words stand in e-mails, so none of them names a person, a reason, a volume, or a decision that its
letter has not said yet.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from accounts.wording import long_date
from audit.models import stream_prefix
from authorisation.clocks import What
from authorisation.models import Obligation
from desk.notices.models import Audience, Notice
from workflow.refusals import Words

_OPINION_WANTED = _("A case waits for the opinion of your body.")
_DECISION_WANTED = _("A case waits for your decision.")
_SIGNATURE_WANTED = _("A letter waits for your signature.")
_LETTER_FAILED = _("A letter could not be made or signed. It says why, and can be tried again.")
_TIME_IS_OVER = _("The time for this step has run out, and the case still waits.")

SENTENCES: Mapping[tuple[str, str], Words] = {
    (Audience.APPLICANT, "submit"): _(
        "The application was submitted. The authority checks if it is complete."
    ),
    (Audience.APPLICANT, "return_for_completion"): _(
        "Something is missing in the application. Complete it and send it again."
    ),
    (Audience.APPLICANT, "accept"): _("The application is complete and was accepted for review."),
    (Audience.APPLICANT, "charge"): _("A fee is due in the case. Pay it, and hand in the proof of payment."),
    (Audience.APPLICANT, "judge_proof"): _("The authority looked at your proof of payment."),
    (Audience.APPLICANT, "exempt_from_fee"): _("You were exempted from a fee."),
    (Audience.APPLICANT, "ask"): _("The authority asks you something about the application."),
    (Audience.APPLICANT, "answer"): _("Your answer reached the authority."),
    (Audience.APPLICANT, "serve_notice"): _(
        "The authority gave notice of an act that it intends. You may answer."
    ),
    (Audience.APPLICANT, "hear"): _("The time to answer the notice is over, or you answered it."),
    (Audience.APPLICANT, "suspend_at_once"): _(
        "The authority blocked first transfers. Its decision follows."
    ),
    (Audience.APPLICANT, "conclude"): _("The letter was issued. It says what was decided."),
    (Audience.APPLICANT, "withdraw"): _("The application was withdrawn."),
    (Audience.APPLICANT, "lapse"): _("The case lapsed: the time to act passed without an answer."),
    (Audience.APPLICANT, "discontinue"): _("The authority discontinued the case."),
    (Audience.APPLICANT, "warn"): _("You are being waited on. If you do not act in time, the case lapses."),
    (Audience.APPLICANT, "remind"): _("You are being waited on."),
    (Audience.APPLICANT, "review_anew"): _(
        "The appeal was upheld. What it went against is reviewed anew, in a case of its own."
    ),
    (Audience.APPLICANT, "endorsement_lapses_soon"): _(
        "The letter of intent or of no objection lapses soon, if no application that relies on it is granted."
    ),
    (Audience.APPLICANT, "endorsement_lapsed"): _(
        "The letter of intent or of no objection has lapsed: its time passed unused."
    ),
    **{
        (Audience.APPLICANT, f"obligation.{step}"): words
        for step, words in {
            "remind": _("A condition or an obligation of your authorisation falls due soon."),
            "escalate": _("The day of an obligation of your authorisation has passed."),
            "find_met": _("The authority found a condition or an obligation of your authorisation met."),
            "find_not_met": _("The authority looked at your evidence: it does not show enough yet."),
            "extend": _("The authority gave you more time for an obligation of your authorisation."),
            "find_breach": _("The authority found an obligation of your authorisation breached."),
            "waive": _("The authority waived an obligation of your authorisation this time."),
        }.items()
    },
    (Audience.DESK, "obligation.hand_in"): _("A holder handed in evidence. Judge it."),
    (Audience.DESK, "obligation.escalate"): _("The day of a holder’s obligation has passed."),
    (Audience.DESK, "obligation.waive"): _("The director waived an obligation of a holder."),
    (Audience.DIRECTOR, "obligation.escalate"): _("The day of a holder’s obligation has passed."),
    (Audience.DIRECTOR, "obligation.find_breach"): _(
        "A breach of an obligation was found. It can be a ground to suspend."
    ),
    (Audience.DESK, "review_anew"): _("An appeal was upheld, and its matter is in review again."),
    (Audience.BODIES, "review_anew"): _OPINION_WANTED,
    (Audience.DESK, "submit"): _("An application came in. Check if it is complete."),
    (Audience.DESK, "hand_in_proof"): _("A proof of payment was handed in. Check it."),
    (Audience.DESK, "answer"): _("The applicant answered."),
    (Audience.DESK, "give_opinion"): _("A reviewing body gave its opinion."),
    (Audience.DESK, "hear"): _("The holder was heard, or let the time pass."),
    (Audience.DESK, "send_back"): _("The deciding office sent a case back to review."),
    (Audience.DESK, "decline_to_sign"): _("The signing office declined to sign a letter."),
    (Audience.DESK, "conclude"): _("A letter was issued and its case concluded."),
    (Audience.DESK, "withdraw"): _("An application was withdrawn."),
    (Audience.DESK, "lapse"): _("A case lapsed: the time of the applicant is over."),
    (Audience.DESK, "remind"): _("A case waits for the desk, and its time runs out soon."),
    (Audience.DESK, "escalate"): _TIME_IS_OVER,
    (Audience.DESK, "silence"): _(
        "The time of a reviewing body has run out. Its silence counts as the procedure says."
    ),
    (Audience.BODIES, "accept"): _OPINION_WANTED,
    (Audience.BODIES, "file"): _OPINION_WANTED,
    (Audience.BODIES, "hear"): _OPINION_WANTED,
    (Audience.BODIES, "send_back"): _OPINION_WANTED,
    (Audience.BODIES, "answer"): _("The applicant answered. The case waits for the opinion of your body."),
    (Audience.BODIES, "remind"): _("A case waits for the opinion of your body, and its time runs out soon."),
    (Audience.BODIES, "escalate"): _TIME_IS_OVER,
    (Audience.DECIDER, "recommend"): _DECISION_WANTED,
    (Audience.DECIDER, "suspend_at_once"): _DECISION_WANTED,
    (Audience.DECIDER, "decline_to_sign"): _(
        "The signing office declined to sign. A case waits for you again."
    ),
    (Audience.DECIDER, "remind"): _("A case waits for your decision, and its time runs out soon."),
    (Audience.DECIDER, "escalate"): _TIME_IS_OVER,
    (Audience.SIGNERS, "present"): _SIGNATURE_WANTED,
    (Audience.SIGNERS, "consent"): _SIGNATURE_WANTED,
    (Audience.SIGNERS, "choose_electronic"): _SIGNATURE_WANTED,
    (Audience.DESK, "choose_paper"): _("A letter is to be signed by hand. Print it and have it signed."),
    (Audience.DESK, "present_copy"): _("The copy of a letter signed by hand waits to be compared."),
    (Audience.DESK, "return_paper"): _("What was recorded of a letter signed by hand was sent back."),
    (Audience.SIGNERS, "fail"): _LETTER_FAILED,
    (Audience.DESK, "fail"): _LETTER_FAILED,
    (Audience.SIGNERS, "remind"): _("A letter waits for your signature, and its time runs out soon."),
    (Audience.SIGNERS, "escalate"): _TIME_IS_OVER,
    (Audience.DIRECTOR, "remind"): _("A case waits for you, and its time runs out soon."),
    (Audience.DIRECTOR, "escalate"): _TIME_IS_OVER,
}
_ANYTHING = _("Something happened in a case that concerns you.")


def sentence(notice: Notice) -> Words:
    """What the notice says, in the language of whoever reads it now."""
    return SENTENCES.get((notice.audience, _about(notice)), _ANYTHING)


def _about(notice: Notice) -> str:
    """The step; of what is asked of a holder, with that before it: cases have steps of the same names."""
    is_obligation = notice.stream.startswith(stream_prefix(Obligation))
    return f"obligation.{notice.step}" if is_obligation else notice.step


def subject(notice: Notice) -> str:
    """The subject of the e-mail: the reference and what happened in general."""
    return translated("%(reference)s: %(what)s") % {
        "reference": notice.case.reference,
        "what": sentence(notice),
    }


# Told when the time is over.
_AFTERWARDS = frozenset({What.ESCALATE.value, What.SILENCE.value})


def until_words(notice: Notice) -> str:
    """Until when something is due, or was, as a sentence; nothing where nothing is."""
    if notice.until is None:
        return ""
    words = (
        translated("It was due by %(day)s.")
        if notice.step in _AFTERWARDS
        else translated("It is due by %(day)s.")
    )
    return words % {"day": long_date(notice.until)}


def body(notice: Notice, *, address: str, settings_address: str) -> str:
    """The e-mail: reference, what happened in general, until when, a link; nothing that is confidential."""
    lines = [
        translated("Case %(reference)s") % {"reference": notice.case.reference},
        str(sentence(notice)),
        until_words(notice),
        translated("Open the case: %(address)s") % {"address": address},
        translated("You get this because notices are sent to you by e-mail too. Change that: %(address)s")
        % {"address": settings_address},
    ]
    return "\n\n".join(line for line in lines if line) + "\n"
