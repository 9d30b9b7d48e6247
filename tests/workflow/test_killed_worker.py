"""A process killed without warning, at every point between a decision and its issued letter.

A child process does the work on this test's database and kills itself at the point named. What it left
behind is then delivered as always, once its lease has ended. Nothing is lost and nothing is doubled: one
letter, one number, one authorisation, one event of each step, and volumes that add up.
"""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.db.models import QuerySet

from accounts.models import Function
from audit.models import Event
from audit.verification import verify_database
from authorisation.models import Authorisation, AuthorisationVersion, Case, Ceiling, Entry, Line
from letters import storage
from letters.models import Letter, Seal, Signature
from tests.authorisation.factories import Staff, in_decision, letter_due, letter_of, signed, two_staffs
from tests.workflow.children import run
from workflow import outbox
from workflow.clock import RealClock
from workflow.models import OutboxMessage, Series

pytestmark = pytest.mark.django_db(transaction=True)

KILL = """
def killed(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)

def killed_after(work):
    return lambda *args, **options: (work(*args, **options), killed())

from letters import services, storage
from workflow import door, effects, outbox
from authorisation import balances, governance
"""

DELIVER = """
outbox.deliver_due()
raise SystemExit("nothing was killed")
"""

# Where the deciding process dies: what it had not committed never was, what it had is there.
DECIDING = {
    "before the letter's number": "services._next_number = killed",
    "after the letter was drawn, before the commit": (
        "effects._within['draw_letter'] = killed_after(services.draw)"
    ),
    "between commit and nudge": "outbox.nudge = killed",
}

DECIDE = """
from authorisation.models import Case
from authorisation.services import decisions
from accounts.models import Function, Tenure
from datetime import datetime
from workflow.actors import Person, Proof
from workflow.clock import SetClock
from workflow.door import Act

case = Case.objects.get(pk={case})
at = datetime.fromisoformat({at!r})
tenure = Tenure.objects.get(office__authority=case.authority, office__function=Function.DECIDER)
decider = Person(user=tenure.person, office=tenure.office, proof=Proof(method="totp", at=at))
decisions.approve(case, act=Act(actor=decider, clock=SetClock(at), key="approval"))
raise SystemExit("nothing was killed")
"""

# Where the worker that renders dies.
RENDERING = {
    "after the claim": "outbox.run_after = killed",
    "during rendering": "services.render = killed",
    "after the bytes were stored": "services.by_the_system = killed",
    "after the letter was presented": "services.by_the_system = killed_after(services.by_the_system)",
}

# Where the worker that seals dies.
SEALING = {
    "during sealing": "services.sign = killed",
    "after storing, before issuing": "services._issue = killed",
    "while volumes move, before the commit": "balances.move = killed_after(balances.move)",
    "after the issue was committed": "services.by_the_system = killed_after(services.by_the_system)",
}


def often(points: Iterable[str], *chosen: str) -> list[object]:
    """The points at which every run kills; the others are left to the long proofs, for each takes seconds."""
    return [
        pytest.param(point, marks=() if point in chosen else (pytest.mark.proof,), id=point)
        for point in points
    ]


def killed(script: str) -> None:
    """Runs the script in a process of its own, which must die by its own hand."""
    done = run(script)
    assert done.returncode == -9, done.stderr


def letters_messages() -> QuerySet[OutboxMessage]:
    """The messages by which letters are made; notices have theirs."""
    return OutboxMessage.objects.filter(effect="produce_letter")


def notices_are_out() -> None:
    """Delivers everything but the letters."""
    others = OutboxMessage.objects.exclude(effect="produce_letter").filter(delivered_at__isnull=True)
    for pk in list(others.order_by("pk").values_list("pk", flat=True)):
        outbox.deliver(pk)


def end_leases() -> None:
    """Lets the time pass for which a dead worker still holds its messages."""
    ended = RealClock().now() - timedelta(seconds=1)
    OutboxMessage.objects.filter(leased_until__isnull=False).update(leased_until=ended)


def whole(of: Staff, case: Case) -> None:
    """Everything is there once."""
    case = Case.objects.get(pk=case.pk)
    (letter,) = case.letters.all()
    assert (case.state, letter.state) == ("granted", "issued")
    assert Series.objects.get(name__startswith="letter:GHA:").last == 1
    assert letter.number.endswith("-0001")
    assert Authorisation.objects.get() == case.authorisation
    assert AuthorisationVersion.objects.get().letter_sha256 == letter.signed_sha256
    assert storage.fetch(letter.signed_sha256)
    assert Signature.objects.count() == Seal.objects.count() == 1
    for record, action in (
        (case, "approve"), (case, "conclude"), (letter, "draw"), (letter, "present"), (letter, "consent"),
        (letter, "issue"), (case.authorisation, "bring_into_force"), (case.activity, "authorise"),
    ):  # fmt: skip
        assert record is not None
        assert Event.objects.filter(stream=record.trail_stream, action=action).count() == 1, action
    assert [(line.vintage, line.reserved, line.authorised) for line in Line.objects.all()] == [
        (2026, 0, 600),
        (2027, 0, 1500),
    ]
    ceilings = Ceiling.objects.filter(entries_written__gt=0)
    assert [(row.vintage, row.reserved, row.authorised) for row in ceilings] == [
        (2026, 0, 600),
        (2027, 0, 1500),
        (None, 0, 2100),
    ]
    # Two lines and three ceilings, each reserved once and authorised once.
    assert Entry.objects.count() == 10
    assert not OutboxMessage.objects.filter(delivered_at__isnull=True).exists()
    assert verify_database().whole


@pytest.mark.parametrize("point", often(DECIDING, "between commit and nudge"))
def test_a_decision_is_whole_or_never_was(point: str) -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    act = ours.act(Function.DECIDER)
    script = DECIDE.format(case=case.pk, at=act.clock.now().isoformat())

    killed(f"{KILL}\n{DECIDING[point]}\n{script}")

    committed = point == "between commit and nudge"
    left = Case.objects.get(pk=case.pk)
    assert left.state == ("letter_due" if committed else "in_decision")
    assert Letter.objects.count() == letters_messages().count() == int(committed)
    assert Entry.objects.exists() == committed
    assert verify_database().whole

    # The person, who saw no answer, sends the act again under its key.
    done = run(f"from workflow import outbox\n{script}")
    assert "nothing was killed" in done.stderr
    signed(ours, left)
    outbox.deliver_due()
    whole(ours, case)


@pytest.mark.parametrize("point", often(RENDERING, "during rendering", "after the bytes were stored"))
def test_a_letter_is_rendered_though_its_worker_was_killed(point: str) -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    notices_are_out()

    killed(f"{KILL}\n{RENDERING[point]}\n{DELIVER}")

    letter = letter_of(case)
    assert letter.state == ("signing" if point == "after the letter was presented" else "drawn")
    assert letters_messages().get().pk not in outbox.due(), "the dead worker still holds its lease"
    end_leases()
    signed(ours, case)
    outbox.deliver_due()
    whole(ours, case)
    assert letter_of(case).content == letter.content


@pytest.mark.parametrize(
    "point", often(SEALING, "after storing, before issuing", "after the issue was committed")
)
def test_a_letter_is_issued_once_though_its_worker_was_killed(point: str) -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    signed(ours, case)

    killed(f"{KILL}\n{SEALING[point]}\n{DELIVER}")

    letter = letter_of(case)
    issued = point == "after the issue was committed"
    assert letter.state == ("issued" if issued else "signing")
    assert Authorisation.objects.count() == int(issued)
    end_leases()
    outbox.deliver_due()
    whole(ours, case)
    if issued:
        assert letter_of(case).signed_sha256 == letter.signed_sha256
