"""Records of authorisation, by subject: cases, what was said about them, authorisations, volumes."""

from authorisation.models.announcements import Announcement, Correspondent
from authorisation.models.authorisations import (
    ActOverMany,
    Authorisation,
    AuthorisationVersion,
    Concerned,
    PlannedAct,
)
from authorisation.models.cases import Application, ApplicationVersion, Case, Question, Waiver
from authorisation.models.clarification import QuestionRound
from authorisation.models.clocks import ClockAct
from authorisation.models.decisions import Decision, Opinion, Recommendation
from authorisation.models.documents import CaseDocument, DocumentFinding
from authorisation.models.earlier_letters import EarlierLetter
from authorisation.models.endorsements import Endorsement, EndorsementReminder
from authorisation.models.fees import FeeExemption, FeeNotice, FeeProof
from authorisation.models.obligations import (
    Obligation,
    ObligationEvidence,
    ObligationFinding,
    ObligationReminder,
)
from authorisation.models.outcomes import (
    Block,
    Cancellation,
    Coverage,
    FirstTransfer,
    IssuedVintage,
    Recording,
    Series,
    TakenBack,
    TransferTakenBack,
    Use,
)
from authorisation.models.procedures import ProcedureVersion
from authorisation.models.reversals import Replacement, Reversal
from authorisation.models.reviews import AdHocMember, Recusal, Reopening, Vote
from authorisation.models.volumes import Ceiling, Entry, Line

__all__ = [
    "ActOverMany",
    "AdHocMember",
    "Announcement",
    "Application",
    "ApplicationVersion",
    "Authorisation",
    "AuthorisationVersion",
    "Block",
    "Cancellation",
    "Case",
    "CaseDocument",
    "Ceiling",
    "ClockAct",
    "Concerned",
    "Correspondent",
    "Coverage",
    "Decision",
    "DocumentFinding",
    "EarlierLetter",
    "Endorsement",
    "EndorsementReminder",
    "Entry",
    "FeeExemption",
    "FeeNotice",
    "FeeProof",
    "FirstTransfer",
    "IssuedVintage",
    "Line",
    "Obligation",
    "ObligationEvidence",
    "ObligationFinding",
    "ObligationReminder",
    "Opinion",
    "PlannedAct",
    "ProcedureVersion",
    "Question",
    "QuestionRound",
    "Recommendation",
    "Recording",
    "Recusal",
    "Reopening",
    "Replacement",
    "Reversal",
    "Series",
    "TakenBack",
    "TransferTakenBack",
    "Use",
    "Vote",
    "Waiver",
]
