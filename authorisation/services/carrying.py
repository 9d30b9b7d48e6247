"""What a new case takes over from an earlier one. It runs in the transaction that opens the case."""

from authorisation.models import Case, CaseDocument, DocumentFinding, PlannedAct, Waiver
from authorisation.supporting_documents import current_of
from projects.models import Document


def carry_waivers(earlier: Case, case: Case) -> None:
    """Gives a new case what officers found not applicable in an earlier one, with their reasons."""
    for waiver in earlier.waivers.order_by("pk"):
        Waiver.objects.create(
            case=case,
            path=waiver.path,
            reason=waiver.reason,
            given_by_id=waiver.given_by_id,
            given_at=waiver.given_at,
        )


def carry_planned_act(earlier: Case, case: Case) -> None:
    """Gives a new case the act that an earlier one planned, where it planned one."""
    for planned in PlannedAct.objects.filter(case=earlier):
        PlannedAct.objects.create(case=case, type=planned.type, plan=planned.plan)


def carry_documents(earlier: Case, case: Case) -> None:
    """Gives a new case the documents that count in an earlier one, each with what was found of it last.

    They are the same bytes, as they were received there and by whom they were added. The caller's
    transaction writes the event that says so.
    """
    for row in current_of(earlier):
        received = row.document
        document = Document.objects.create(
            authority=case.authority,
            sha256=received.sha256,
            size=received.size,
            media_type=received.media_type,
            name=received.name,
            scanned=received.scanned,
            received_by_id=received.received_by_id,
            received_at=received.received_at,
            confidentiality=received.confidentiality,
            confidentiality_basis=received.confidentiality_basis,
        )
        carried = CaseDocument.objects.create(
            case=case,
            document=document,
            type=row.type,
            title=row.title,
            number=1,
            note=row.note,
            added_by=row.added_by,
            office=row.office,
            added_at=row.added_at,
        )
        if row.finding is not None:
            DocumentFinding.objects.create(
                document=carried,
                verdict=row.finding.verdict,
                reasons=row.finding.reasons,
                office=row.finding.office,
                found_by_id=row.finding.found_by_id,
                found_at=row.finding.found_at,
            )
