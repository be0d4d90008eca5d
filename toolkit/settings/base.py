"""Settings that hold everywhere. What differs stands in dev, test and production.

Everything an operator may change comes from the environment (see README, "Settings").
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from django.conf.locale import LANG_INFO
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.FileAwareEnv()
# One file for servers, commands and timers alike, read the same way by all of them.
environ.Env.read_env(env.str("TOOLKIT_ENVIRONMENT", default=str(BASE_DIR / ".env")))

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

INSTALLED_APPS = [
    "toolkit.core",
    "toolkit.attached",
    "toolkit.taxonomy",
    "search",
    "resources",
    "casestudies",
    "toolkit.people",
    "toolkit.pages",
    "toolkit.importing",
    "toolkit.wanted",
    "toolkit.alerts",
    "toolkit.interchange",
    "toolkit.lists",
    "toolkit.starter",
    "toolkit.operation",
    "toolkit.editing",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "toolkit.health.HealthMiddleware",
    "toolkit.core.page_cache.PageCacheMiddleware",  # compresses, too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "toolkit.core.policies.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "toolkit.core.requests.BoundedRequestMiddleware",
    "toolkit.core.requests.ComposedTextMiddleware",
    "search.middleware.tell_what_follows",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "toolkit.redirects.MovedPageMiddleware",
    "toolkit.editing.acts.WholeActsMiddleware",
]

ROOT_URLCONF = "toolkit.urls"
WSGI_APPLICATION = "toolkit.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- data -------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "toolkit.core.sqlite"
    # Readers never wait for the writer, and a writer waits for its turn instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
    # A server that has gone is an error within seconds, not after minutes of waiting.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

_IN_MEMORY = "toolkit.core.page_cache.BoundedMemoryCache"
CACHES = {
    "default": env.cache_url("CACHE_URL", default="locmemcache://"),
    # Each process keeps its own pages: they are good for its release alone.
    "pages": {
        "BACKEND": _IN_MEMORY, "LOCATION": "pages", "OPTIONS": {"MAX_BYTES": 32_000_000}
    },
    "searches": {
        "BACKEND": _IN_MEMORY, "LOCATION": "searches", "OPTIONS": {"MAX_BYTES": 16_000_000}
    },
    "parts": {
        "BACKEND": _IN_MEMORY, "LOCATION": "parts", "OPTIONS": {"MAX_BYTES": 16_000_000}
    },
}  # fmt: skip
TOOLKIT_PAGE_CACHE = env.bool("PAGE_CACHE", default=True)

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "static-build")))
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# Nobody else on the machine reads what the site keeps: files go out through views that ask.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
#: Bytes of composed files (agreements, pictures) kept in DATA_DIR/files.
TOOLKIT_FILES_BUDGET = env.int("FILES_BUDGET", default=500_000_000)

# --- languages --------------------------------------------------------------------------

# One code for Chinese in addresses, translations and content: "zh". Django knows only the
# codes of its own catalogues, so it is told the name of this one.
LANG_INFO["zh"] = {**LANG_INFO["zh-hans"], "code": "zh", "fallback": ["zh-hans"]}
LANGUAGES = [
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("ru", "Русский"),
    ("zh", "中文"),
]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- accounts ---------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = ["toolkit.people.sign_in.ThrottledBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
WAGTAIL_FRONTEND_LOGIN_URL = reverse_lazy("sign-in")
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = "people/password_required.html"  # noqa: S105
WAGTAILDOCS_PASSWORD_REQUIRED_TEMPLATE = "people/password_required.html"  # noqa: S105
WAGTAILADMIN_USER_LOGIN_FORM = "toolkit.people.sign_in.AdminSignInForm"
CSRF_FAILURE_VIEW = "toolkit.core.refusals.form_expired"
#: The proxies (addresses, networks, "unix" for a socket file) whose word about a visitor's
#: address is taken. None: whoever connects is the visitor.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

#: Whether mails go out to readers. Where no mail server is named, none is promised either.
TOOLKIT_SENDS_MAIL = True

# --- Wagtail ----------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Collaboration Toolkit"
#: The site's own address where the operator named one; canonical addresses begin with it.
TOOLKIT_SITE_ROOT = env.str("BASE_URL", default="").rstrip("/")
WAGTAILADMIN_BASE_URL = TOOLKIT_SITE_ROOT or "http://127.0.0.1:8000"
WAGTAILADMIN_PERMITTED_LANGUAGES = [
    *(pair for pair in LANGUAGES if pair[0] != "zh"),
    ("zh-hans", "中文"),
]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "toolkit.editing.admin_search"}}
WAGTAILIMAGES_IMAGE_FORM_BASE = "toolkit.core.uploads.PictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 30_000_000  # 120 MB while it is drawn; a camera's 24 million pass
WAGTAILDOCS_DOCUMENT_FORM_BASE = "toolkit.attached.forms.DocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = [
    "csv", "docx", "epub", "md", "odp", "ods", "odt", "pdf", "pptx", "rtf", "txt", "xlsx", "zip",
]  # fmt: skip
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no page of ours asks a third party
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
TAGGIT_CASE_INSENSITIVE = True
# "Translate this page" makes drafts: its words are still those of the other language.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
# Wagtail's own tasks take milliseconds and are done with the save, so that the admin finds at
# once what was saved. What takes longer says @task(backend="worker") and is done by
# `manage.py worker`: a row in the transaction that asked for it.
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "worker": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
#: Bytes of a form, its files included; nobody without an account sends any.
TOOLKIT_MAX_REQUEST = WAGTAILDOCS_MAX_UPLOAD_SIZE + 5 * 1024 * 1024

# --- search -----------------------------------------------------------------------------

SEARCH_ENGINE = env.str("SEARCH_ENGINE", default="embedded")
SEARCH_INDEX_DIR = DATA_DIR / "index"
ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", default="http://127.0.0.1:9200")
#: Whether a server that has answered a reader applies what a worker should have (seconds late).
SEARCH_APPLIED_AFTER_REQUESTS = True
SEARCH_ELASTICSEARCH_ALIAS = env.str("ELASTICSEARCH_ALIAS", default="toolkit")

# --- safety -----------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail's preview makes an exception for itself
SESSION_COOKIE_HTTPONLY = True
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # They tell of every page saved, every task begun and every question to Elasticsearch.
    "loggers": {
        "django_tasks": {"level": "WARNING"},
        "elastic_transport": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
