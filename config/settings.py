"""Every setting, read from the environment: typed, and loud when one is missing or wrong.

Any variable may also be given as NAME_FILE, the path of a file that holds its value.
"""

from pathlib import Path
from urllib.parse import urlsplit

from config import environment, log
from config.database import connected
from config.demonstration_secret import kept_secret

environment.refuse_unknown(
    "SIGNING_",
    {
        "SIGNING_KEYS_DIR",
        "SIGNING_LEVEL",
        "SIGNING_PASSPHRASE",
        "SIGNING_PKCS11_MODULE",
        "SIGNING_PKCS11_PIN",
        "SIGNING_PKCS11_TOKEN",
    },
)
environment.refuse_unknown("TSA_", {"TSA_URL"})
environment.refuse_unknown("LETTER_", {"LETTER_FONT_DIR", "LETTER_HOUSES_DIR"})

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR: Path = environment.path("DATA_DIR") or BASE_DIR / "var"

# With DEMONSTRATION=1 missing secrets and keys are made below DATA_DIR, and every letter says so.
DEMONSTRATION: bool = environment.flag("DEMONSTRATION")
DEBUG = False
LOGGING = log.LOGGING

SECRET_KEY: str = (
    (environment.text("SECRET_KEY") or kept_secret(DATA_DIR, "secret-key"))
    if DEMONSTRATION
    else environment.required(
        "SECRET_KEY", "Set SECRET_KEY or SECRET_KEY_FILE, or DEMONSTRATION=1 for a trial."
    )
)

# The address ---------------------------------------------------------------------------------------

PORT: int = environment.number("PORT", 8000)
# Where `demonstration` listens; in production the server's own configuration says so.
HOST: str = environment.text("HOST", "127.0.0.1")
PUBLIC_URL: str = environment.web_address(
    "PUBLIC_URL",
    environment.text("PUBLIC_URL", f"http://localhost:{PORT}")
    if DEMONSTRATION
    else environment.required("PUBLIC_URL", "It is printed on every letter for ever, so it has no default."),
)
_public = urlsplit(PUBLIC_URL)
_public_host = str(_public.hostname)
ALLOWED_HOSTS: list[str] = environment.words(
    "ALLOWED_HOSTS", sorted({_public_host, "localhost", "127.0.0.1", "[::1]"})
)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

_https = _public.scheme == "https"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _https else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other sites below the same name are not ours to bind
    "security.W008",  # TLS ends at the proxy in front, which is the one to redirect
    "security.W021",  # and nobody asked for the browsers' preload list
]

# The application -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    # From the top of the layers to the bottom: of commands with one name, the first is run.
    "config.apps.ConfigConfig",
    "desk",
    "reporting",
    "letters",
    "authorisation",
    "projects",
    "workflow",
    "accounts",
    "audit",
    "django_bootstrap5",
    "django_include_bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "whitenoise.runserver_nostatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.content_security.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page asks for a sign-in, unless its address says otherwise (desk/access.py).
    "desk.keeping.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "desk.api.specification.Described",
    "DEFAULT_THROTTLE_RATES": {"api": environment.text("API_RATE", "600/min")},
    "EXCEPTION_HANDLER": "desk.api.problems.answer",
    "NUM_PROXIES": environment.number("TRUSTED_PROXIES", 0),
}
# How often one address may ask for a letter by its code or number, and send a file to be checked.
CHECK_RATES = {
    "check": environment.text("CHECK_RATE", "60/min"),
    "check_file": environment.text("CHECK_FILE_RATE", "10/min"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Authorisation desk",
    "DESCRIPTION": "From an application under Article 6 of the Paris Agreement to a letter of authorisation.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "StateOfCaseEnum": "authorisation.lifecycle.State",
        "StateOfAuthorisationEnum": "authorisation.lifecycle_of_authorisations.State",
        "StateOfActivityEnum": "projects.lifecycle.ActivityState",
        "StateOfApproachEnum": "projects.lifecycle.ApproachState",
    },
}

# People --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cases"
ACCOUNT_ADAPTER = "config.sign_in.People"
ACCOUNT_SIGNUP_FORM_CLASS = "config.sign_up.PersonForm"
ACCOUNT_FORMS = {"signup": "config.sign_up_form.SignUp"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# A code by e-mail proves an address, when signing up and when a password is forgotten: nothing that
# stands in a link can be fetched by somebody's mail filter. Nobody learns which addresses have accounts.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
# Five wrong passwords or codes lock an account for ten minutes: long enough to make guessing hopeless,
# short enough that nobody keeps an office out for a day. A ministry sits behind one address.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/10m/key", "login": "60/m/ip", "signup": "20/m/ip"}
# What tells addresses apart behind proxies, each of which adds to X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT: int = environment.number("TRUSTED_PROXIES", 0)
MFA_ADAPTER = "config.sign_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Authorisation desk"
# A code read just before it changed, or on a telephone half a minute out, still counts (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1

# What is stored ------------------------------------------------------------------------------------

DATABASES = {
    "default": connected(environment.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'desk.sqlite3'}"))
}
# The owner of the tables, where the application's own role may not change them: used by `migrate`.
MIGRATION_DATABASE = (
    connected(environment.database("MIGRATION_DATABASE_URL"))
    if environment.text("MIGRATION_DATABASE_URL")
    else None
)
# In the database by default, where every process of the web server counts wrong passwords together.
CACHES = {"default": environment.cache("CACHE_URL", "db://desk_cache")}

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
_storage = environment.directory("STORAGE_URL", DATA_DIR)
STORAGES = {
    # Nothing is to be stored but under one of the names below.
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _storage / "documents", "allow_overwrite": True},
    },
    "letters": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _storage / "letters", "allow_overwrite": True},
    },
    # What a director had made of all that an authority owns: kept for days, and removed by the clock.
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": _storage / "exports",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The most bytes of one supporting document.
DOCUMENT_MOST_BYTES: int = environment.number("DOCUMENT_MOST_MEGABYTES", 50) * 1024 * 1024
# Where the virus scanner ClamAV listens; empty: documents are not scanned, and pages say so.
CLAMAV_ADDRESS: str = environment.scanner("CLAMAV_ADDRESS")
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750

# Languages and time --------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# The languages of the pages: English, in which they are written, and those that have a catalogue. With
# Django's own alone they would be half translated. Letters are written in their authority's language
# whatever this says.
LANGUAGES = [("en", "English"), ("fr", "Français")]
# Letters speak more languages than pages do: their texts are kept apart, and complete.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_of_letters"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# Other programs ------------------------------------------------------------------------------------

# Absent: the outbox is delivered by the embedded worker.
CELERY_BROKER_URL: str = environment.text("CELERY_BROKER_URL")

_mail = environment.mail(
    "EMAIL_URL",
    environment.text("EMAIL_URL", "console:")
    if DEMONSTRATION
    else environment.required("EMAIL_URL", "Set the address of a mail server; dummy: sends nothing."),
)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = _mail["EMAIL_FILE_PATH"] or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = f"no-reply@{_public_host}"

# Letters -------------------------------------------------------------------------------------------

LETTER_FONT_DIR: Path | None = environment.path("LETTER_FONT_DIR")
# Where authorities have their own blocks, style and arms of letters (docs/letters.md).
LETTER_HOUSES_DIR: Path = environment.path("LETTER_HOUSES_DIR") or BASE_DIR / "letter_houses"
# The letters' fonts in the form in which they are set, made from their packages on first use.
FONT_CACHE_DIR: Path = DATA_DIR / "fonts"
SIGNING_KEYS_DIR: Path = environment.path("SIGNING_KEYS_DIR") or DATA_DIR / "keys"
# The password of the demonstration's accounts; there are none outside a demonstration.
DEMONSTRATION_PASSWORD: str = (
    (environment.text("DEMONSTRATION_PASSWORD") or kept_secret(DATA_DIR, "demonstration-password")[:12])
    if DEMONSTRATION
    else ""
)

# The passphrase of the offices' keys. Without one no key opens, and no letter is issued.
SIGNING_PASSPHRASE: str = environment.text("SIGNING_PASSPHRASE") or (
    kept_secret(DATA_DIR, "signing-passphrase") if DEMONSTRATION else ""
)

# Keys on a token: the library of its maker, and which token it is. All three, or none.
SIGNING_PKCS11_MODULE: str = environment.text("SIGNING_PKCS11_MODULE")
SIGNING_PKCS11_TOKEN: str = environment.text("SIGNING_PKCS11_TOKEN")
SIGNING_PKCS11_PIN: str = environment.text("SIGNING_PKCS11_PIN")
environment.together(
    SIGNING_PKCS11_MODULE=SIGNING_PKCS11_MODULE,
    SIGNING_PKCS11_TOKEN=SIGNING_PKCS11_TOKEN,
    SIGNING_PKCS11_PIN=SIGNING_PKCS11_PIN,
)

# Who stamps the time of signatures (RFC 3161), and how long a signature is to keep by itself.
TSA_URL: str = (
    environment.web_address("TSA_URL", environment.text("TSA_URL")) if environment.text("TSA_URL") else ""
)
SIGNING_LEVEL: str = environment.one_of(
    "SIGNING_LEVEL",
    ("B-B", "B-T", "B-LT", "B-LTA") if TSA_URL else ("B-B",),
    "B-LTA" if TSA_URL else "B-B",
    "Every level above B-B needs TSA_URL.",
)
