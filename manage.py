#!/usr/bin/env python
"""Django's command line for the Collaboration Toolkit."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toolkit.settings.dev")
    from django.core.management import execute_from_command_line

    from toolkit.operation.ownership import act_as_owner

    act_as_owner(sys.argv)
    execute_from_command_line(sys.argv)
