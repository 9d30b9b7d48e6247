"""The product's own settings, in an environment made for one test process.

Every process (each pytest-xdist worker is one) has a data directory of its own, which tests/conftest.py
makes and removes. `DATABASE_URL` is the one variable that is let through: the suite is run once on each
kind of database.
"""

import os
import tempfile
from pathlib import Path
from uuid import uuid4

from django.core.management.utils import get_random_secret_key

_OURS = (
    "ALLOWED_HOSTS API_RATE CACHE_URL CELERY_BROKER_URL CHECK_FILE_RATE CHECK_RATE DATA_DIR DEMONSTRATION "
    "DEMONSTRATION_PASSWORD EMAIL_URL LETTER_FONT_DIR MIGRATION_DATABASE_URL PORT PUBLIC_URL SECRET_KEY "
    "SIGNING_KEYS_DIR SIGNING_LEVEL SIGNING_PASSPHRASE SIGNING_PKCS11_MODULE SIGNING_PKCS11_PIN "
    "SIGNING_PKCS11_TOKEN STORAGE_URL TSA_URL"
).split()
for _name in _OURS:
    os.environ.pop(_name, None)
    os.environ.pop(f"{_name}_FILE", None)

os.environ["DATA_DIR"] = str(Path(tempfile.gettempdir(), f"desk-tests-{uuid4()}"))
os.environ["DEMONSTRATION"] = "1"
# A throw-away secret of each kind: none stands in the code, and none has to be kept.
os.environ["SECRET_KEY"] = get_random_secret_key()
os.environ["SIGNING_PASSPHRASE"] = get_random_secret_key()
os.environ["DEMONSTRATION_PASSWORD"] = get_random_secret_key()

from config.catalogues import compile_stale  # noqa: E402

# Before Django reads them: a catalogue that is not compiled is one that is not there.
compile_stale()

from config.settings import *  # noqa: E402, F403
from config.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

# A file, as in earnest: SQLite in memory knows neither write-ahead log nor two writers. Outside of a test
# no database is wanted at all.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {"NAME": ":memory:", "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")}}

# A password is checked in earnest by the same code, only faster.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Making the letters' fonts takes seconds: once for all processes, and kept for the next run. What a test
# starts with the product's own settings finds them below its data directory (`tests.processes.share_fonts`).
FONT_CACHE_DIR = Path(tempfile.gettempdir(), f"desk-tests-fonts-{os.getuid()}")

# Static files are served by their plain names: nothing has to be collected first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
