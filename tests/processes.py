"""Commands of the product, run by a test in a process of their own as a person would run them."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings

CHECKOUT = Path(__file__).resolve().parent.parent
# Seconds after which a process hangs. All migrations take half a minute, and several where others work too.
_LONGEST = 600


def share_fonts(data_dir: Path) -> None:
    """Lets a process that works in this data directory find the letters' fonts that the tests have made."""
    data_dir.mkdir(parents=True, exist_ok=True)
    settings.FONT_CACHE_DIR.mkdir(exist_ok=True)
    (data_dir / "fonts").symlink_to(settings.FONT_CACHE_DIR)


def environment(**variables: str) -> dict[str, str]:
    """What a process needs to start at all, and the given variables: nothing of this process's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONDONTWRITEBYTECODE": "1"} | variables


def python(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a script with exactly these settings in its environment; Django is not set up for it."""
    return _run(["-c", script], variables, timeout=_LONGEST)


def manage(
    *arguments: str | Path, variables: Mapping[str, str], timeout: int = _LONGEST
) -> subprocess.CompletedProcess[str]:
    """Runs `manage.py` with exactly these settings in its environment, and waits for its end."""
    return _run(["manage.py", *map(str, arguments)], variables, timeout=timeout)


def _run(
    arguments: Sequence[str], variables: Mapping[str, str], *, timeout: int
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
