#!/usr/bin/env python
"""Django's command line for the Collaboration Toolkit."""

import os
import sys

from toolkit.core.garbage import collect_seldom

if __name__ == "__main__":
    collect_seldom()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toolkit.settings.dev")
    # What the site writes, drafts and accounts among it, is its own alone. Static files are read
    # by the service, whoever gathers them.
    if "collectstatic" not in sys.argv:
        os.umask(0o077)
    from django.core.management import execute_from_command_line

    from toolkit.operation.ownership import act_as_owner

    act_as_owner(sys.argv)
    from django.db import DatabaseError

    from toolkit.operation.damage import what_to_do

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        if advice := what_to_do(error):
            sys.exit(advice)
        raise
