"""An application that came on paper: an officer files it for the applicant, with the scan."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Authority
from accounts.selectors import organisation_with
from accounts.services import create_organisation
from authorisation.document_types import PAPER
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.services import applications, documents
from authorisation.services.documents import Said
from projects.documents import take_in
from projects.models import Document
from workflow.actors import Person
from workflow.door import Act


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What an officer reads off the paper, and the bytes of its scan (PDF)."""

    kind: Kind
    name: str
    country: str
    identification: str
    title: str
    scan: bytes
    file_name: str
    declared: bool


def file_on_paper(paper: Paper, *, authority: Authority, act: Act) -> Case:
    """Opens a case for the applicant, attaches the scan, and hands it in. Raises ValidationError or Refused.

    These are three steps: where the last is refused, the officer finds the draft with its scan in the list.

    The applicant's organisation is found by its number, or gets an account in which nobody is yet. What the
    paper says besides is asked for as with any application: missing items are returned for completion.
    """
    actor = act.actor
    if not isinstance(actor, Person) or actor.office is None:
        raise ValidationError(_("An officer files what came on paper."))
    # Whatever is wrong with the file is said before anything is written.
    scan = take_in(paper.scan, name=paper.file_name, declared="application/pdf")
    if Document.objects.filter(authority=authority, sha256=scan.sha256).exists():
        raise ValidationError(_("This scan was received before. Look for its case in the list."))
    case = _opened(paper, actor, authority=authority, act=act)
    upload = Said(type=PAPER, confidential=True, basis=str(_("an application that came on paper")))
    case = documents.add_taken_in(case, scan, upload, act=act)
    return applications.submit(case, act=act, declared=paper.declared, scan=scan.sha256)


def _opened(paper: Paper, actor: Person, *, authority: Authority, act: Act) -> Case:
    organisation = organisation_with(country=paper.country, identification=paper.identification)
    if organisation is None:
        organisation = create_organisation(
            paper.name,
            country=paper.country,
            identification=paper.identification,
            actor=actor.trail_name,
            at=act.clock.now(),
        )
    return applications.open_case(
        act=act,
        authority=authority,
        kind=paper.kind,
        applicant=organisation,
        content={
            "activity": {"title": paper.title},
            "entities": [
                {
                    "name": organisation.name,
                    "country": organisation.country,
                    "identification": organisation.identification,
                    "roles": ["applicant"],
                }
            ],
        },
    )
