"""Of every model of ours: how the rows of one authority are found, or why they are in no export.

A new model is in neither table, and a test then says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

from accounts.models import (
    Authority,
    Invitation,
    Mandate,
    Membership,
    Office,
    OfficeInvitation,
    Organisation,
    Party,
    ServiceAccount,
    ServiceToken,
    SetUpCode,
    Tenure,
    User,
    Vetting,
)
from audit.models import Event, Salt
from authorisation import models as authorisation
from desk import models as desk
from letters.models import (
    Custody,
    HandNote,
    HandSignature,
    Letter,
    PaperCheck,
    PaperRecord,
    Scan,
    Seal,
    Signature,
)
from projects import models as projects
from workflow.models import CarriedOutAct, OutboxMessage, Series


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Rows of a model that belong to an authority.

    by    the ways from a row to its authority, each alone enough; none: all rows, of every authority
    only  the fields that are told, where not all are
    """

    by: tuple[str, ...]
    only: tuple[str, ...] = ()

    def rows(self, model: type[Model], authority: Authority) -> QuerySet[Model]:
        """The rows of this authority, in the order in which they were written."""
        owned = Q()
        for way in self.by:
            owned |= Q(**{way: authority.pk})
        found = model._base_manager.filter(owned)
        # Several ways, or one over many rows, may lead to a row more than once.
        return model._base_manager.filter(pk__in=found.values("pk")).order_by("pk")


_OWN = Owned(by=("authority",))
_OF_CASES = Owned(by=("case__authority",))
_OF_ACTIVITIES = Owned(by=("activity__authority",))

OWNED: Mapping[type[Model], Owned] = {
    Party: Owned(by=()),
    Authority: Owned(by=("pk",)),
    Office: _OWN,
    Tenure: Owned(by=("office__authority",)),
    User: Owned(by=("tenures__office__authority",), only=("public_id", "name", "email")),
    Organisation: Owned(by=("cases__authority", "vettings__authority", "authorisations__authority")),
    Vetting: _OWN,
    Mandate: _OWN,
    projects.NdcPeriod: Owned(by=("party__authority",)),
    projects.TrackingArrangement: Owned(by=("party__authority",)),
    projects.RegistryEntitlement: _OWN,
    projects.CooperativeApproach: _OWN,
    projects.CooperativeApproach.parties.through: Owned(by=("cooperativeapproach__authority",)),
    projects.Activity: _OWN,
    projects.ExpectedMitigation: _OF_ACTIVITIES,
    projects.Entity: Owned(by=("roles__activity__authority",)),
    projects.EntityRole: _OF_ACTIVITIES,
    projects.Document: _OWN,
    authorisation.ProcedureVersion: _OWN,
    authorisation.Case: _OWN,
    authorisation.Application: _OF_CASES,
    authorisation.ApplicationVersion: _OF_CASES,
    authorisation.QuestionRound: _OF_CASES,
    authorisation.Question: _OF_CASES,
    authorisation.Waiver: _OF_CASES,
    authorisation.ClockAct: _OF_CASES,
    authorisation.CaseDocument: _OF_CASES,
    authorisation.DocumentFinding: Owned(by=("document__case__authority",)),
    authorisation.FeeNotice: _OF_CASES,
    authorisation.FeeProof: _OWN,
    authorisation.FeeExemption: _OF_CASES,
    authorisation.Opinion: _OF_CASES,
    authorisation.Vote: _OF_CASES,
    authorisation.Recusal: _OF_CASES,
    authorisation.AdHocMember: _OF_CASES,
    authorisation.Reopening: _OF_CASES,
    authorisation.Recommendation: _OF_CASES,
    authorisation.Decision: _OF_CASES,
    authorisation.PlannedAct: _OF_CASES,
    authorisation.ActOverMany: _OWN,
    authorisation.Concerned: Owned(by=("act__authority",)),
    authorisation.Authorisation: _OWN,
    authorisation.AuthorisationVersion: Owned(by=("authorisation__authority",)),
    authorisation.EarlierLetter: Owned(by=("version__authorisation__authority",)),
    authorisation.Endorsement: _OWN,
    authorisation.EndorsementReminder: Owned(by=("endorsement__authority",)),
    authorisation.Obligation: _OWN,
    authorisation.ObligationEvidence: Owned(by=("obligation__authority",)),
    authorisation.ObligationFinding: Owned(by=("obligation__authority",)),
    authorisation.ObligationReminder: Owned(by=("obligation__authority",)),
    authorisation.Correspondent: _OWN,
    authorisation.Announcement: _OWN,
    authorisation.Ceiling: Owned(
        by=(
            "case__authority",
            "activity__authority",
            "authority",
            "ndc_period__party__authority",
        )
    ),
    authorisation.Line: _OF_CASES,
    authorisation.Entry: _OF_CASES,
    authorisation.Recording: _OF_ACTIVITIES,
    authorisation.IssuedVintage: _OF_ACTIVITIES,
    authorisation.Coverage: Owned(by=("issued__activity__authority",)),
    authorisation.TakenBack: Owned(by=("issued__activity__authority",)),
    authorisation.Series: Owned(by=("blocks__authority",)),
    authorisation.Block: _OWN,
    authorisation.FirstTransfer: Owned(by=("recording__activity__authority",)),
    authorisation.TransferTakenBack: Owned(by=("first_transfer__recording__activity__authority",)),
    authorisation.Use: Owned(by=("recording__activity__authority",)),
    authorisation.Cancellation: Owned(by=("recording__activity__authority",)),
    authorisation.Reversal: _OF_ACTIVITIES,
    authorisation.Replacement: Owned(by=("recording__activity__authority",)),
    Letter: _OWN,
    Signature: Owned(by=("letter__authority",)),
    Seal: Owned(by=("letter__authority",)),
    PaperRecord: Owned(by=("letter__authority",)),
    HandNote: Owned(by=("letter__authority",)),
    HandSignature: Owned(by=("record__letter__authority",)),
    Scan: Owned(by=("record__letter__authority",)),
    PaperCheck: Owned(by=("record__letter__authority",)),
    Custody: Owned(by=("letter__authority",)),
    # Its own; those of programs belong to organisations.
    desk.Endpoint: _OWN,
    desk.Message: Owned(by=("endpoint__authority",)),
    desk.Attempt: Owned(by=("message__endpoint__authority",)),
}

# Found by the chains of the records above, not by a way from their rows.
BY_CHAIN: type[Model] = Event

_OF_ORGANISATIONS = "belongs to organisations, which work with several authorities"
_OPENS = "holds a secret, or the digest of one, that opens something"
_ON_ITS_WAY = "work of this installation on its way; what it is about is exported"

LEFT_OUT: Mapping[type[Model], str] = {
    Membership: _OF_ORGANISATIONS,
    ServiceAccount: _OF_ORGANISATIONS,
    Invitation: _OPENS,
    OfficeInvitation: _OPENS,
    SetUpCode: _OPENS,
    ServiceToken: _OPENS,
    desk.SigningKey: _OPENS,
    Salt: "opens what the trail says of people, and stays where it can be erased",
    User.groups.through: "rights in the administration of this installation",
    User.user_permissions.through: "rights in the administration of this installation",
    desk.Notice: "what one person was shown of events that are exported",
    desk.NoticePreference: "a person's own choice",
    desk.AnsweredCall: _ON_ITS_WAY,
    desk.Export: "a copy of what is exported; the trail says who had it made, and who took it along",
    desk.ExportPart: "a copy of what is exported",
    OutboxMessage: _ON_ITS_WAY,
    CarriedOutAct: _ON_ITS_WAY,
    Series: "the last numbers given; every number stands in what bears it",
}
