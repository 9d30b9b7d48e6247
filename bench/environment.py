"""A demonstration installation of its own, below a temporary directory, on a database of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command


@contextmanager
def installation() -> Iterator[None]:
    """Sets Django up on an empty, migrated SQLite database, and removes everything afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMONSTRATION": "1",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
    }
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        yield
    finally:
        shutil.rmtree(folder)
