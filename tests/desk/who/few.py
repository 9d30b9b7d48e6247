"""A small world for tables of who may do what: two authorities, a case in each of a few states."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.test import Client

from accounts.models import Function, ServiceAccount, User
from accounts.services import create_membership
from authorisation.models import Authorisation, Case
from authorisation.services import documents
from desk.webhooks.keys import make_first_key
from desk.webhooks.models import Endpoint, Message
from letters import services as letters
from tests.accounts.factories import AT, DAY, person, tenure
from tests.authorisation import factories as make
from tests.authorisation.factories import Staff
from tests.desk.api.calling import token_of
from tests.desk.browser import at_a_browser, with_app
from tests.desk.webhooks.listening import listening
from workflow.clock import RealClock, SetClock


@dataclass(frozen=True, kw_only=True)
class Few:
    """Two authorities with the holder of each office and an applicant.

    everything  somebody who holds every office of ours, and belongs to our applicant's organisation
    cases       of ours, by where they stand
    secret      of a token of a program of our applicant
    endpoint    of that program
    """

    ours: Staff
    theirs: Staff
    everything: User
    cases: Mapping[str, Case]
    authorisation: Authorisation
    of_theirs: Authorisation
    secret: str
    endpoint: Endpoint

    @property
    def message(self) -> Message:
        """The first that was sent to the endpoint."""
        return Message.objects.get(endpoint=self.endpoint)

    def map_added(self) -> UUID:
        """Adds a document to the draft; its public id."""
        added = documents.add_document(
            self.cases["draft"],
            documents.Upload(content=b"Where the stoves are.", name="map.txt", declared="text/plain"),
            documents.Said(type="other", title="A map"),
            act=self.ours.act(),
        )
        return added.documents.get().document.public_id

    def browser(self, of: Function | None = None) -> Client:
        """Of the holder of this office of ours, or of who has everything; all was shown just now."""
        person = self.everything if of is None else self.ours.offices[of][1]
        return at_a_browser(User.objects.get(pk=person.pk))


def few() -> Few:
    """Made by the use-cases themselves."""
    make_first_key(at=RealClock().now())
    # Not simulated: whoever is told of these cases is written to.
    ours, theirs = (replace(of, clock=SetClock(AT, simulated=False)) for of in make.two_staffs())
    everything = person("everything@example.org", name="Everything")
    for function, (office, holder) in ours.offices.items():
        tenure(office, everything)
        if function in (Function.DIRECTOR, Function.DECIDER, Function.SIGNER):
            with_app(holder)
    create_membership(ours.organisation, person=everything, starts_on=DAY, actor="system", at=AT)
    cases = {
        "draft": make.drafted(ours, _about("draft")),
        "submitted": make.submitted(ours, _about("submitted")),
        "in_decision": make.in_decision(ours, _about("in_decision")),
        "signing": make.letter_due(ours, _about("signing")),
        "granted": make.granted(ours, _about("granted")),
    }
    cases["failed"] = make.letter_due(ours, _about("failed"))
    letters.fail(make.letter_of(cases["failed"]), fault="No key.", clock=ours.clock)
    of_theirs = make.granted(theirs, _about("granted"))
    make.submitted(theirs, _about("submitted"))
    make.in_decision(theirs, _about("in_decision"))
    secret = token_of(ours.organisation, ours.applicant)
    authorisations = [case.authorisation for case in (cases["granted"], of_theirs)]
    assert authorisations[0] is not None
    assert authorisations[1] is not None
    account = ServiceAccount.objects.get(organisation=ours.organisation)
    return Few(
        ours=ours,
        theirs=theirs,
        everything=with_app(everything),
        cases={name: Case.objects.get(pk=case.pk) for name, case in cases.items()},
        authorisation=authorisations[0],
        of_theirs=authorisations[1],
        secret=secret,
        endpoint=listening(ours, account=account),
    )


def _about(name: str) -> dict[str, object]:
    return make.content(activity={"title": f"Stoves, {name}", "registry_id": name})
