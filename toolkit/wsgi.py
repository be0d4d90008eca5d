"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from toolkit.core.garbage import collect_seldom

collect_seldom()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toolkit.settings.production")

os.umask(0o077)  # what the site writes, drafts and accounts among it, is its own alone
application = get_wsgi_application()

from search.catalogue.in_passing import apply_at_start  # noqa: E402 - needs the settings above
from toolkit.operation import presence  # noqa: E402

presence.hold()
apply_at_start()
