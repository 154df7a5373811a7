"""Django's settings. Everything that differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE

from holdfast.config import environment, page, single_sign_on, sms
from holdfast.config.static_files import add_headers, is_immutable
from holdfast.core.fanout import phone_wire, rooms_wire, wire
from holdfast.live.settings import secret_of

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_dir()
_secrets = environment.load_secrets(DATA_DIR)
SECRET_KEY = _secrets["secret_key"]
#: What holds the master key; `core.crypto.keys` asks it. The key itself is no setting.
MASTER_KEY_SOURCE = environment.master_key_source(DATA_DIR)
#: Empty where the secrets file could not take one: then there is no web push.
VAPID_PRIVATE_KEY = _secrets.get("vapid_private_key", "")
PUSH_HOSTS = environment.push_hosts()
WATCHDOG_URL = environment.watchdog_url()
SMS_PROVIDER = sms.provider()
OUTBOUND_HOSTS = sms.outbound_hosts()

DEBUG = environment.flag("HOLDFAST_DEBUG")
DEMO = environment.flag("HOLDFAST_DEMO")
ORIGIN = os.environ.get("HOLDFAST_ORIGIN", "http://localhost:8000").rstrip("/")
_origin = urlsplit(ORIGIN)
_host = _origin.hostname or "localhost"
LOCAL = environment.is_local(_host)
SECURE = _origin.scheme == "https"
if not LOCAL and not SECURE:
    raise environment.ConfigurationError(
        f"HOLDFAST_ORIGIN is {ORIGIN}: outside localhost it must start with https://, because the"
        " browser gives keys, offline storage and camera to secure pages only."
    )
ALLOWED_HOSTS = [_host]
CSRF_TRUSTED_ORIGINS = [ORIGIN]

METRICS = environment.metrics_address()

#: Where browsers reach the live process, which reads what is written to the companion: turns go to
#: LIVE_ORIGIN + "/companion/turns". It and we seal what passes between us under LIVE_SECRET.
LIVE_ORIGIN = environment.live_origin(ORIGIN)
LIVE_SECRET = secret_of(SECRET_KEY)
#: Where browsers open sockets for live news (`core.fanout`), what seals their tickets, and what
#: joins several processes with sockets; empty on one machine.
TOPICS_ORIGIN = environment.topics_origin(ORIGIN)
TOPICS_SECRET = wire.secret_of(SECRET_KEY)
REDIS_URL = environment.redis_url()
#: The SFU of group visits, on loopback; `holdfast serve` says where. Empty where there is none.
SFU_URL = os.environ.get(rooms_wire.URL_VARIABLE, "")
SFU_SECRET = os.environ.get(rooms_wire.SECRET_VARIABLE, "")
#: Whether ordinary phones can be called: who carries the calls is the sockets' process's to know.
SIP = bool(os.environ.get(phone_wire.PROXY_VARIABLE, "").strip())

#: The relay of calls between networks; see `meet.rooms.turn`. Nowhere unless the operator has one.
TURN_URLS, TURN_SECRET = environment.turn_relay()
CALLS_RELAY_ONLY = environment.calls_relay_only(TURN_URLS)

#: Moves the clock in browser tests; see `core.clock`.
TEST_CLOCK_FILE = os.environ.get("HOLDFAST_TEST_CLOCK_FILE")
if TEST_CLOCK_FILE and not LOCAL:
    raise environment.ConfigurationError("HOLDFAST_TEST_CLOCK_FILE works on localhost only.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "holdfast.core.crypto",
    "holdfast.core.audit",
    "holdfast.core.identity",
    "holdfast.core.tenancy",
    "holdfast.core.heartbeat",
    "holdfast.core.notify",
    "holdfast.core.consent",
    "holdfast.core.vault",
    "holdfast.core.leaving",
    "holdfast.core.fanout",
    "holdfast.safety.lines",
    "holdfast.safety.flags",
    "holdfast.safety.plans",
    "holdfast.safety.screening",
    "holdfast.sense.measures",
    "holdfast.sense.assessments",
    "holdfast.support.companion",
    "holdfast.meet.encounters",
    "holdfast.meet.scheduling",
    "holdfast.meet.notes",
    "holdfast.meet.rooms",
    "holdfast.meet.reminders",
    "holdfast.meet.calendars",
    "holdfast.meet.billing",
    "holdfast.meet.matching",
    "holdfast.meet.peers",
    "holdfast.meet.messages",
    "holdfast.meet.programmes",
    "holdfast.plan.overview",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "holdfast.config.requests.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "holdfast.config.headers.HeadersMiddleware",
    "holdfast.core.identity.passkeys.PrfStaysOnTheDevice",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "holdfast.core.identity.middleware.SessionActivityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "holdfast.config.urls"
WSGI_APPLICATION = "holdfast.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before allauth's own: its mails name the account, ours must not.
        "DIRS": [PACKAGE / "core" / "identity" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": environment.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sessions and rate limits are shared by all worker processes, so neither may live in one of them:
# a session ended here must be over there. The table is made after every migrate (core.identity).
SESSION_ENGINE = "holdfast.core.identity.sessions"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGES = [("en", "English"), ("es", "Español"), ("de", "Deutsch"), ("ar", "العربية")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# What is called a password below is the secret that the browser derives from one.
PASSWORD_HASHERS = ["holdfast.core.identity.auth_secret.SecretHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "holdfast.core.identity.auth_secret.SecretFormValidator"}]
# What a new password costs the device that derives from it; see core.identity.cost.
KDF_PARAMS = environment.derivation_cost()

# By its prefix a browser takes such a cookie from this host over HTTPS alone, for every path of it:
# a neighbouring subdomain cannot plant one.
_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_PREFIX}csrftoken"
SESSION_COOKIE_HTTPONLY = True
# allauth's own setting for this (ACCOUNT_SESSION_REMEMBER) says nothing to its headless log-in.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if environment.flag("HOLDFAST_TRUSTED_PROXY"):
    # Only then are forwarded headers believed: scheme, and the client's address counted from the
    # right by the number of proxies that are ours.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("HOLDFAST_TRUSTED_PROXY_COUNT", "1"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        name: [NONCE if value == page.NONCE else value for value in values]
        for name, values in {
            **page.DIRECTIVES,
            "connect-src": page.connections(ORIGIN, LIVE_ORIGIN, TOPICS_ORIGIN),
        }.items()
    }
}

WEB_DIST = PACKAGE / "web_dist"
STATIC_URL = "/static/"
WHITENOISE_ROOT = WEB_DIST if WEB_DIST.is_dir() else None
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = add_headers
WHITENOISE_IMMUTABLE_FILE_TEST = is_immutable

# One JSON object a line to the process's standard error, of the fields that config.logs lists.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "holdfast.config.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Each refused request has its line by holdfast.config.requests already.
        "django.request": {"level": "ERROR"},
        "holdfast.config.requests": {
            "level": "INFO" if environment.flag("HOLDFAST_LOG_REQUESTS", default=True) else "ERROR"
        },
    },
}

EMAIL_BACKEND = os.environ.get(
    "HOLDFAST_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_HOST = os.environ.get("HOLDFAST_EMAIL_HOST", "")
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_PORT = int(os.environ.get("HOLDFAST_EMAIL_PORT", "587"))
    EMAIL_HOST_USER = os.environ.get("HOLDFAST_EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("HOLDFAST_EMAIL_PASSWORD", "")
    EMAIL_USE_TLS = environment.flag("HOLDFAST_EMAIL_TLS", default=True)
# A mail server that takes a call and says nothing must not hold up the worker.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("HOLDFAST_EMAIL_FROM", f"holdfast@{_host}")

TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- accounts: django-allauth, headless only -------------------------------------------------
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": f"{ORIGIN}/verify-email#{{key}}",
    "account_reset_password": f"{ORIGIN}/recover",
    "account_signup": f"{ORIGIN}/register",
    "socialaccount_login_error": f"{ORIGIN}/signed-in",
}
ACCOUNT_ADAPTER = "holdfast.core.identity.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USERNAME_VALIDATORS = "holdfast.core.identity.names.validators"
ACCOUNT_USERNAME_MIN_LENGTH = 3
# `core.identity.names` decides on spelling; allauth must not compare by its own rules as well.
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
# Registering with somebody's e-mail address tells nothing about whether they are here.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# The column's, which holds the address sealed (core.identity.apps); validators limit the address.
ACCOUNT_EMAIL_MAX_LENGTH = 1740
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    # Per account ten wrong secrets in five minutes: enough for a person, nothing for a machine.
    "login_failed": "30/m/ip,10/300s/key",
    "signup": "30/m/ip",
    # Our own endpoints (core.identity.limits): per address (ip) and per account name (key).
    "holdfast_kdf": "60/m/ip,20/m/key",
    "holdfast_recover": "20/m/ip,5/300s/key",
    "holdfast_secret": "20/m/ip,10/300s/key",
    "holdfast_invitation": "30/m/ip",
    "holdfast_provider": "30/m/ip",
    "holdfast_receipt": "30/m/ip",
    "holdfast_link": "30/m/ip,20/m/key",
    "holdfast_phone": "10/h/ip,5/h/key",
    "holdfast_feed": "120/m/ip,30/m/key",
    "holdfast_calendar": "20/m/ip,20/h/key",
}
MFA_ADAPTER = "holdfast.core.identity.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_TOTP_ISSUER = "Holdfast"
# Log-in is by chosen name first, and a look-up by e-mail prefers the verified owner: an unverified
# address keeps nobody out. Staff must be able to enrol before any mail server works.
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = True
# Where people may sign in instead of here (core.identity.provider, .sso); nowhere unless the
# operator says so. Whoever has no account yet is asked what everybody is who joins.
IDENTITY_PROVIDERS = single_sign_on.identity_providers()
SOCIALACCOUNT_ADAPTER = "holdfast.core.identity.sso.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
