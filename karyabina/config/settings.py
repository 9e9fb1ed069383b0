"""Settings. Everything that differs between machines comes from the environment.

`DATABASE_URL` names the database; every other variable starts with `KARYABINA_`.
Without any, this is a safe development machine: SQLite in `data/`, loopback only.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PROJECT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("KARYABINA_DATA", PROJECT / "data"))


def switch(name: str, default: bool = False) -> bool:
    """Read an on/off variable: 1, true, yes, on (any case) mean on."""
    value = os.environ.get(f"KARYABINA_{name}", "")
    return value.strip().lower() in {"1", "true", "yes", "on"} if value else default


DEMO = switch("DEMO")
DEBUG = switch("DEBUG")
PRODUCTION = not (DEMO or DEBUG)


def secret_key() -> str:
    """The signing key: from the environment, else made once and kept beside the data."""
    given = os.environ.get("KARYABINA_SECRET_KEY")
    if given:
        return given
    kept = DATA / "secret-key"
    if not kept.exists():
        from django.core.management.utils import get_random_secret_key

        DATA.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(get_random_secret_key())
    text = kept.read_text().strip()
    if not text:
        raise ImproperlyConfigured(f"{kept} is empty: delete it, or set KARYABINA_SECRET_KEY")
    return text


SECRET_KEY = secret_key()
# Closed days are marked with it (decision 0030). Made when the first day is closed, unless given.
# Several words: the first marks, the others are older keys. The last switch: the key is lost for
# ever, and closing goes on with a new one.
SEAL_KEY = os.environ.get("KARYABINA_SEAL_KEY", "")
SEAL_KEY_FILE = DATA / "seal-key"
SEAL_KEY_LOST = switch("SEAL_KEY_LOST")
ALLOWED_HOSTS = os.environ.get("KARYABINA_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("KARYABINA_ORIGINS", "").split(",") if o]
BEHIND_TLS = switch("TLS")

INSTALLED_APPS = [
    "karyabina.base",
    "karyabina.offices",
    "karyabina.staff",
    "karyabina.ledger",
    "karyabina.schemes",
    "karyabina.catalogue",
    "karyabina.makers",
    "karyabina.stock",
    "karyabina.festivals",
    "karyabina.workshop",
    "karyabina.consignment",
    "karyabina.till",
    "karyabina.settlement",
    "karyabina.reports",
    "karyabina.desk",
    *(["karyabina.demo"] if DEMO else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a tenth of the bytes on an island's connection
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "karyabina.base.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "karyabina.staff.middleware.AccessMiddleware",
    "karyabina.base.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "karyabina.config.urls"
WSGI_APPLICATION = "karyabina.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "karyabina.base.context.shell",
            ],
            "builtins": ["karyabina.base.templatetags.base"],
        },
    }
]
FORM_RENDERER = "karyabina.base.rendering.FormRenderer"


# --- database ------------------------------------------------------------------------------
def database() -> dj_database_url.DBConfig:
    """What DATABASE_URL names; SQLite beside the other data where it names nothing."""
    kept: dj_database_url.DBConfig = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    url = os.environ.get("DATABASE_URL")
    if not url:  # no URL is made of the folder: its name may hold what means something in one
        file = str(DATA / "karyabina.sqlite3")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": file, **kept}
    try:
        return {**dj_database_url.parse(url), **kept}
    except ValueError as unreadable:
        raise ImproperlyConfigured("DATABASE_URL must name SQLite or PostgreSQL") from unreadable


DATABASES = {"default": database()}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: two writers queue instead of failing half-way (DEFERRED cannot be retried).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
elif DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name SQLite or PostgreSQL")

# Shared by all web workers, so that a throttle counts the same everywhere.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "base_cache"}
}

# --- words and time --------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Indonesia"), ("en", "English")]
LOCALE_PATHS = [PROJECT / "karyabina" / "locale"]
LANGUAGE_COOKIE_NAME = "bahasa"
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "Asia/Makassar"  # WITA; each office has its own zone

# --- who may log in ----------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
CSRF_FAILURE_VIEW = "karyabina.base.views.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_ADAPTER = "karyabina.staff.adapter.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Karyabina"
SECOND_FACTOR_REQUIRED = switch("SECOND_FACTOR", default=PRODUCTION)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 60 * 60  # one working day
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if switch("PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- files and sizes ---------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("KARYABINA_LOG", "WARNING")},
}
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
