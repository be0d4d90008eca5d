"""A developer's or a first visitor's machine: ``make run``."""

from __future__ import annotations

from django.core.management.utils import get_random_secret_key

from .base import *  # noqa: F403
from .base import DATA_DIR, env

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])


def _kept_secret() -> str:
    """A secret of this machine's own, made once and kept beside the data."""
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret()
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if DEBUG:
    TOOLKIT_PAGE_CACHE = False
STATIC_ROOT = None  # type: ignore[assignment]  # files are served from where they lie
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
