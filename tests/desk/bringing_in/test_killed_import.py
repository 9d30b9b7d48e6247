"""An import killed without warning: the next run finds what was committed, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from accounts.models import Organisation
from audit.verification import verify_database
from authorisation.models import Authorisation, Block, Case, EarlierLetter
from authorisation.verification import verify
from projects.models import Document
from tests.desk.bringing_in.files import BLOCKS, CODES, file_of, rows, tonnes
from tests.desk.bringing_in.test_import_authorisations import FULL, csv_of
from tests.desk.bringing_in.test_import_blocks import FEW, assert_as_published, held
from tests.projects.files import pdf
from tests.workflow.children import run

pytestmark = pytest.mark.django_db(transaction=True)

IMPORT = """
calls = 0

def killed_at(number, work, *, after):
    def counted(*args, **options):
        global calls
        calls += 1
        if calls == number and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        found = work(*args, **options)
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return counted

from authorisation import covering
from authorisation.services import earlier
from desk.bringing_in import blocks, letters
from django.core.management import call_command

{kill}
call_command({command!r}, {path!r}, *{more!r})
raise SystemExit("nothing was killed")
"""

COMMAND = "from django.core.management import call_command\n"

POINTS = {
    "after a draft, before it is brought in": (
        "earlier.pass_through = killed_at(3, earlier.pass_through, after=False)"
    ),
    "in the middle of an issuance": "covering.cover = killed_at(3, covering.cover, after=True)",
    "between two issuances": "blocks.bring_in_blocks = killed_at(3, blocks.bring_in_blocks, after=True)",
}


def killed(path: Path, kill: str, command: str = "import_blocks", *more: str) -> None:
    done = run(IMPORT.format(kill=kill, path=str(path), command=command, more=more))
    assert done.returncode == -9, done.stderr


def completed(path: Path, command: str = "import_blocks", *more: str) -> str:
    done = run(f"{COMMAND}call_command({command!r}, {str(path)!r}, *{more!r})")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(name, marks=() if name.startswith("in the middle") else (pytest.mark.proof,))
        for name in POINTS
    ],
)
def test_a_killed_import_goes_on_where_it_was(point: str, tmp_path: Path) -> None:
    some = rows(FEW)
    path = file_of(tmp_path, some)
    killed(path, POINTS[point])
    there = held()
    assert there < tonnes(some)
    assert verify().wrong == []

    told = completed(path)

    assert f"{len(some)} rows, {tonnes(some):,} t:" in told
    assert (Block.objects.count(), held()) == (len(some), tonnes(some))
    projects = {(row["country"], row["programme"], row["project_id"]) for row in some}
    assert Case.objects.filter(initiative="brought_in").count() == len(projects)
    assert Authorisation.objects.count() == len(projects)
    assert not Case.objects.exclude(state="granted").exists()
    assert_as_published(FEW)
    assert verify().wrong == []
    assert verify_database().faults == ()


@pytest.mark.proof
def test_all_that_was_published_survives_being_killed_over_and_over() -> None:
    for number in (2, 40, 20):
        killed(BLOCKS, f"blocks.bring_in_blocks = killed_at({number}, blocks.bring_in_blocks, after=True)")
        assert verify().wrong == []
    completed(BLOCKS)
    assert (Block.objects.count(), held()) == (343, 10_203_700)
    assert_as_published(CODES)
    assert verify().wrong == []
    assert verify_database().faults == ()


# Of the second of three rows. What a row with a scan comes to is looked at first, so each call is the second.
LETTER_POINTS = {
    "after a scan is kept": "letters.receive_document = killed_at(2, letters.receive_document, after=True)",
    "after a holder is made": (
        "letters.create_organisation = killed_at(4, letters.create_organisation, after=True)"
    ),
    "after a draft": "earlier.pass_through = killed_at(4, earlier.pass_through, after=False)",
    "between two letters": (
        "letters.bring_in_authorisation = killed_at(4, letters.bring_in_authorisation, after=True)"
    ),
}


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(name, marks=() if name == "after a draft" else (pytest.mark.proof,))
        for name in LETTER_POINTS
    ],
)
def test_a_killed_import_of_letters_goes_on_where_it_was(point: str, tmp_path: Path) -> None:
    some = [
        {**FULL, "project_id": str(number), "letter_number": f"EAD/{number}", "scan": f"{number}.pdf"}
        | {
            "title": f"Cookstoves {number}",
            "holder": f"Hearth {number}",
            "holder_identification": f"{number}",
        }
        for number in (1, 2, 3)
    ]
    for row in some:
        (tmp_path / row["scan"]).write_bytes(pdf(note=row["scan"]))
    path = csv_of(tmp_path, *some)
    command, letters = "import_authorisations", str(tmp_path)
    killed(path, LETTER_POINTS[point], command, "--letters", letters)
    assert Authorisation.objects.count() < len(some)
    assert verify().wrong == []

    completed(path, command, "--letters", letters)

    assert sorted(EarlierLetter.objects.values_list("number", "document__name")) == [
        (row["letter_number"], row["scan"]) for row in some
    ]
    assert (Authorisation.objects.count(), Document.objects.count()) == (3, 3)
    assert Organisation.objects.filter(name__startswith="Hearth ").count() == 3
    assert not Case.objects.exclude(state="granted").exists()
    assert verify().wrong == []
    assert verify_database().faults == ()
