"""The same content gives the same bytes in processes that share only the code and the release of Debian.

What a test can make different on one machine: locale, time zone, home, folder, file mode, hash seed, user,
fonts made anew, packages installed anew. What two machines of one release gave is in `docs/letters.md`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from letters.kinds import KINDS
from tests.letters.rendered_apart import NAMES
from tests.processes import CHECKOUT

pytestmark = pytest.mark.proof
_NOBODY = 65534
_MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class System:
    """What a process finds around it."""

    python: Sequence[str] = (sys.executable,)
    folder: Path
    cwd: Path = CHECKOUT
    umask: int = 0o022
    user: int | None = None
    variables: dict[str, str] = field(default_factory=dict)

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every letter there, by a process whose data and fonts are its own."""
        data = self.folder / "data"
        data.mkdir(parents=True)
        if self.user is not None:
            os.chown(data, self.user, self.user)
        done = subprocess.run(
            [*self.python, "-m", "tests.letters.rendered_apart"],
            cwd=self.cwd,
            umask=self.umask,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(CHECKOUT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "DEMONSTRATION": "1",
                "DATA_DIR": str(data),
                **self.variables,
            },
            capture_output=True,
            text=True,
            timeout=15 * _MINUTES,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, str] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("here")
    variables = {"LANG": "C.UTF-8", "TZ": "UTC", "HOME": str(folder), "PYTHONHASHSEED": "0"}
    return System(folder=folder, variables=variables).digests()


def somebody_else(folder: Path) -> int | None:
    """A user without rights, where this one may become it and it may run this Python at all."""
    if os.geteuid() != 0:
        return None
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import weasyprint"],
            user=_NOBODY,
            group=_NOBODY,
            extra_groups=[],
            cwd="/",
            capture_output=True,
        )
    except PermissionError:
        return None
    # Folders of tests are their user's alone; the way to this one is opened.
    for one in (folder, *folder.parents):
        if one == Path("/tmp") or one == Path("/"):
            break
        one.chmod(one.stat().st_mode | 0o011)
    return _NOBODY if tried.returncode == 0 else None


def test_what_is_compared_is_every_kind_every_language_and_every_way_of_shaping(
    here: dict[str, str],
) -> None:
    assert {kind.code for kind in KINDS} <= set(here)
    assert {f"partial_authorisation.{language}" for language in ("fr", "es", "pt", "ar")} <= set(here)
    assert {f"refusal to {script}" for script in NAMES} <= set(here)
    # They differ from each other: no digest is that of nothing.
    assert len(set(here.values())) == len(here)


def test_another_locale_zone_home_folder_mode_seed_and_user_give_the_same_bytes(
    here: dict[str, str], tmp_path: Path
) -> None:
    other = System(
        folder=tmp_path,
        cwd=Path("/"),
        umask=0o077,
        user=somebody_else(tmp_path),
        variables={
            "LC_ALL": "tr_TR.UTF-8",
            "LANGUAGE": "ar",
            "TZ": "Pacific/Kiritimati",
            "HOME": "/nonexistent",
            "PYTHONHASHSEED": "4242",
            # What the machine has for fonts is never asked.
            "FONTCONFIG_PATH": "/nonexistent",
            "SOURCE_DATE_EPOCH": "86400",
        },
    )
    assert other.digests() == here


def test_packages_installed_anew_from_their_hashes_give_the_same_bytes(
    here: dict[str, str], tmp_path: Path
) -> None:
    """With nothing but what the product needs: what the tests install changes no letter."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    wanted = str(CHECKOUT / "requirements" / "product.txt")
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", wanted],
        check=True,
        timeout=20 * _MINUTES,
    )
    # Without the packages of this process: `-E` would also leave out where the code is.
    system = System(
        python=(str(python), "-s"),
        folder=tmp_path / "system",
        variables={"LANG": "POSIX", "TZ": "Asia/Kathmandu", "HOME": str(tmp_path)},
    )
    assert system.digests() == here
