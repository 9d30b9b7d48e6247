"""A dossier becomes a draft: as if it were written here, and its documents sent here one by one."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Organisation
from authorisation.application import APPLICATION_KINDS
from authorisation.document_types import OTHER
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.services import applications, documents
from authorisation.services.documents import Said
from authorisation.supporting_documents import types_offered
from desk.dossiers.reading import Dossier
from desk.dossiers.shape import KeptDocument
from projects.documents import take_in
from workflow.door import Act
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The draft; which documents went into it under another type, and which not at all, with the reasons."""

    case: Case
    retyped: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def open_dossier(dossier: Dossier, *, authority: Authority, applicant: Organisation, act: Act) -> Opened:
    """Opens the draft at an authority, for an organisation. Raises Refused, and has then opened nothing.

    Every document is checked and scanned before anything is written. The kind is that of the dossier, where
    the authority offers it. Entities stand as they were written, to be changed in the draft.
    """
    kind = _kind(dossier)
    applications.who_may_open(act, authority, applicant)
    taken = [
        (document, take_in(content, name=document.name, declared=document.media_type))
        for document, content in dossier.documents()
    ]
    case = applications.open_case(
        act=replace(act, key=""), authority=authority, kind=kind, applicant=applicant,
        content={**dossier.content, "request": {**dossier.content.get("request", {}), "kind": kind.value}},
    )  # fmt: skip
    retyped, left_out = [], []
    titles: set[str] = set()
    for number, (document, file) in enumerate(taken, start=1):
        said = _said(document, case, titles)
        try:
            case = documents.add_taken_in(
                case, file, said, act=replace(act, key=f"dossier:{case.public_id}:{number}")
            )
        except Refused as refusal:
            left_out.append((file.name, " ".join(str(reason) for reason in refusal.reasons)))
        else:
            retyped += [file.name] if said.type != document.type else []
    return Opened(case=case, retyped=tuple(retyped), left_out=tuple(left_out))


def _kind(dossier: Dossier) -> Kind:
    offered = {kind.value: kind for kind in APPLICATION_KINDS}
    if dossier.manifest.kind not in offered:
        raise Refused(
            Refusal.RULE,
            [
                Reason(
                    code="dossier-kind",
                    words=_("The dossier holds no application, but something else."),
                    mend=_("Only an application that asks for something new is opened elsewhere."),
                )
            ],
        )
    return offered[dossier.manifest.kind]


def _said(document: KeptDocument, case: Case, titles: set[str]) -> Said:
    """As its sender said it, where this authority knows the type; else as something other, under a title.

    Documents of one type and title are versions of each other: what was two there does not become one here.
    """
    known = document.type in {each.code for each in types_offered(case)}
    title = document.title if known else (document.title or document.name)
    code = document.type if known else OTHER
    while f"{code}/{title}" in titles:
        title = f"{title[:190]} (2)".strip()
    titles.add(f"{code}/{title}")
    return Said(
        type=code,
        title=title,
        confidential=bool(document.confidentiality_basis),
        basis=document.confidentiality_basis,
    )
