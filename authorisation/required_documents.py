"""Which documents a procedure requires of a kind of case, and at which of its moments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from authorisation.procedures import procedure
from authorisation.procedures.shape import DocumentRule, Procedure, Stage

if TYPE_CHECKING:
    from authorisation.models import Case


@dataclass(frozen=True, kw_only=True)
class RequiredDocument:
    """A document that must be there by a stage: its type, and the type's name in each language.

    confidential   whether the procedure holds documents of this type confidential
    """

    type: str
    stage: Stage
    names: Mapping[str, str]
    confidential: bool


def required_documents(case: "Case", stage: Stage) -> tuple[RequiredDocument, ...]:
    """What the case's procedure requires of its kind by this stage; nothing where it says nothing."""
    return tuple(
        RequiredDocument(type=rule.type, stage=stage, names=rule.name, confidential=rule.confidential)
        for rule in document_rules(procedure(case.procedure_version), case.kind)
        if rule.required and rule.stage == stage
    )


def document_rules(terms: Procedure, kind: str | None = None) -> Iterator[DocumentRule]:
    """What a procedure says of documents, of one kind of case or of all; nothing where it says nothing."""
    for handled, way in terms.handling.items():
        if kind is None or handled == kind:
            yield from way.documents
