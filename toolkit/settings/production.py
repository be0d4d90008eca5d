"""A server on the internet. ``manage.py check --deploy`` is clean under these settings."""

from __future__ import annotations

from .base import *  # noqa: F403
from .base import LOGGING, env
from .required import allowed_hosts, secret_key, site_address

DEBUG = False
SECRET_KEY = secret_key(env.str("SECRET_KEY", default=""))
TOOLKIT_SITE_ROOT = WAGTAILADMIN_BASE_URL = site_address(env.str("BASE_URL", default=""))
ALLOWED_HOSTS = allowed_hosts(env.list("ALLOWED_HOSTS", default=[]), TOOLKIT_SITE_ROOT)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[]) or [TOOLKIT_SITE_ROOT]

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "toolkit.operation.static_files.StaticFiles",
        # Gathered by whoever installs the site, read by the service
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}

# --- mail ---------------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
TOOLKIT_SENDS_MAIL = bool(env.str("EMAIL_URL", default=""))
EMAIL_TIMEOUT = 10  # a mail server that hangs must not hold a reader's page
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="toolkit@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ADMINS = [("Operator", address) for address in env.list("ADMINS", default=[])]

# Errors of ours are mailed, few at a time. What strangers send — a foreign Host, a path that
# climbs out of its folder — is written down and no more: else anybody could fill a mailbox.
LOGGING["handlers"]["mail"] = {
    "class": "toolkit.operation.error_mails.FewMailsHandler",
    "level": "ERROR",
}
LOGGING["loggers"]["django"] = {"handlers": ["mail"], "level": "INFO"}
LOGGING["loggers"]["django.security"] = {"handlers": ["console"], "propagate": False}
