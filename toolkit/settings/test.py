"""What the tests run under: production's behaviour, quick hashing, a folder of their own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .base import *  # noqa: F403

#: A page type that only tests know: what it gets by itself (tests/test_new_page_type.py).
INSTALLED_APPS = [*INSTALLED_APPS, "tests.news"]  # noqa: F405
DEBUG = False
SECRET_KEY = "only for tests"  # noqa: S105
ALLOWED_HOSTS = ["*"]
DATA_DIR = Path(tempfile.mkdtemp(prefix="toolkit-tests-"))
MEDIA_ROOT = DATA_DIR / "media"
SEARCH_INDEX_DIR = DATA_DIR / "index"
SEARCH_APPLIED_AFTER_REQUESTS = False  # a query more, now and then; its own tests ask for it
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
#: Wagtail's own indexes of what is used where and of the admin's search: a test that reads them
#: asks for `tasks_at_once`, and the journeys have them.
TASKS = {**TASKS, "default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}  # noqa: F405
TOOLKIT_PAGE_CACHE = False  # tests/core/test_page_cache.py switches it on
STATIC_ROOT = None  # type: ignore[assignment]  # files are served from where they lie
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "toolkit.core.sqlite":  # noqa: F405
    # A file, as on a real site: the browser tests' server reads it from other threads.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
else:
    # Nobody needs a test's rows after the machine fails.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"  # noqa: F405
