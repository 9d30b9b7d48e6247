"""The secrets of a demonstration: each made once, kept below the data directory."""

import os
from pathlib import Path

from django.utils.crypto import get_random_string


def kept_secret(data_dir: Path, name: str) -> str:
    """The secret in `data_dir`/`name`, made by whichever process comes first.

    It is written aside and linked into place, so that no process reads half of it.
    """
    kept = data_dir / name
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = data_dir / f"{name}.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(get_random_string(50), encoding="utf-8")
        try:
            kept.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text(encoding="utf-8")
