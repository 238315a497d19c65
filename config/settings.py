"""Every setting, once, from the environment. ``.env.example`` lists them with an example each."""

import base64
from datetime import timedelta
from pathlib import Path

import environ
from whitenoise.compress import Compressor

from config import keys
from config.logs import LOGGING as LOGGING
from config.timetable import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", str(BASE_DIR / ".env")))

# The demo makes its own secrets under var/, listens on loopback and talks to the sandbox.
DEMO = env.bool("SAYSO_DEMO", False)
VAR_DIR = keys.VAR_DIR
DEBUG = env.bool("DEBUG", False)
PORT = env.int("PORT", 8000)
SANDBOX_URL = f"http://127.0.0.1:{env.int('SANDBOX_PORT', 8001)}"


def _secret(name: str) -> str:
    """A secret from the environment; in the demo, derived from the key under ``var/``."""
    return env.str(name, keys.derive(name)) if DEMO else env.str(name)


def _fernet(hex_digits: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(hex_digits)).decode()


# What seed_demo fills in and prints; outside the demo there is nothing here.
_DEMO_SECRETS = (
    "admin-password",
    "api-key",
    "hook-riverside-whatsapp",
    # From it each further channel of the demo derives its own.
    "hooks",
    "sandbox-sender-token",
    "sandbox-harness-token",
    # One member of staff for each role.
    "owner-password",
    "manager-password",
    "reviewer-password",
    "agent-password",
    "auditor-password",
    "viewer-password",
)
DEMO_SECRETS = {name: keys.derive(name) for name in _DEMO_SECRETS} if DEMO else {}

SECRET_KEY = _secret("SECRET_KEY")
# Secrets in the database are encrypted with the first key and read with any of them.
ENCRYPTION_KEYS = env.list(
    "ENCRYPTION_KEYS",
    default=[_fernet(keys.derive("ENCRYPTION_KEYS"))] if DEMO else environ.Env.NOTSET,
)
# "id:secret" pairs, the newest first: the first makes the MAC of each event, all of them check it.
LEDGER_MAC_KEYS = env.list(
    "LEDGER_MAC_KEYS",
    default=[f"demo:{keys.derive('LEDGER_MAC_KEYS')}"] if DEMO else environ.Env.NOTSET,
)
# "id:seed" pairs, the newest first: the first signs the heads of ledgers, all of them check them. Of a key
# that is gone its public half stays listed. Seeds and public keys: 64 hex digits.
SIGNING_KEYS = env.list(
    "SIGNING_KEYS",
    default=[f"demo:{keys.derive('SIGNING_KEYS')}"] if DEMO else environ.Env.NOTSET,
)
RETIRED_PUBLIC_KEYS = env.list("RETIRED_PUBLIC_KEYS", default=[])
# Where signed heads are kept, out of reach of whoever can change the database; empty: nowhere.
HEADS_FOLDER = env.str("HEADS_FOLDER", str(VAR_DIR / "heads") if DEMO else "")
HEADS_WEBHOOK = env.str("HEADS_WEBHOOK", "")
HEADS_EVERY_MINUTES = env.int("HEADS_EVERY_MINUTES", 10)

PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}" if DEMO else environ.Env.NOTSET).rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "optins.apps.SaysoAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "optins",
    "channels_capture",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "optins.admin.gatekeeper.Gatekeeper",
    "axes.middleware.AxesMiddleware",
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
            "libraries": {"labels": "optins.admin.labels"},
        },
    },
]

DATABASES = {
    "default": env.db(
        "DATABASE_URL", f"sqlite:///{VAR_DIR / 'sayso.sqlite3'}" if DEMO else environ.Env.NOTSET
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue at BEGIN; a deferred transaction fails when it meets another writer midway.
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("SQLITE_TIMEOUT_SECONDS", 20),
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
            # What is erased is overwritten, and does not stay behind in free pages.
            "PRAGMA secure_delete=ON;"
        ),
    }
else:
    # The server parses and plans a statement once for each connection, not each time it is sent.
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "server_side_binding": True,
        "prepare_threshold": env.int("PREPARE_AFTER", 5) or None,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "optins.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "optins.roles.MembershipBackend"]
if DEMO:
    PASSWORD_HASHERS = ["config.demo_passwords.QuickHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
# Whether staff need a token of their authenticator besides the password.
SECOND_FACTOR = env.bool("SECOND_FACTOR", not DEMO)
OTP_TOTP_ISSUER = "Sayso"
# Five wrong passwords for one name from one address close that door for a while. By name alone
# anybody could lock out anybody; by address alone one colleague would lock out the whole office.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOCKOUT_MINUTES", 15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
# Set only behind a proxy that sets this header; without it, everybody comes from the proxy's address.
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", "")
AXES_CLIENT_IP_CALLABLE = "optins.visitors.address_of"
AXES_LOCKOUT_CALLABLE = "optins.admin.lockout.locked_out"
# Its tables hold every organisation's names and addresses: no screen, and no list of who came when.
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# The demo and the tests serve files from where they are written; production collects and compresses them.
PLAIN_STATIC = DEMO or env.bool("PLAIN_STATIC", False)
WHITENOISE_USE_FINDERS = PLAIN_STATIC
if PLAIN_STATIC:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Only developers' tools ask for source maps: compressing them took longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE and env.bool("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
# Set only behind a proxy that removes this header from what clients send.
if proxy_header := env.str("TRUSTED_PROXY_HEADER", ""):
    SECURE_PROXY_SSL_HEADER = (proxy_header, "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["optins.api.keys.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "optins.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sayso",
    "DESCRIPTION": "Record, prove and ask for people's permission to be messaged on WhatsApp.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["optins.api.schema.with_the_gate"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# In the demo the broker is a folder. It can lose a message; the timetable finds the work anyway.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://" if DEMO else environ.Env.NOTSET)
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT = "config.folder_broker:Transport"
    _broker = VAR_DIR / "broker"
    for _folder in ("queue", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.2,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # A broker that went silent must not hold up a webhook for ever. Longer than a worker's own wait of 1 s.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 3}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = TIMETABLE

# Who may read /metrics from elsewhere than this machine; empty: nobody.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
