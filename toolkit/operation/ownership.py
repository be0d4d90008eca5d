"""Whose files the site's data are, whoever runs a command.

A command run by root acts as the owner of the data folder: what it writes, the service can read,
remove and write again.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandParser, handle_default_options

#: They write beside the code, or wherever the administrator says.
NOT_ABOUT_DATA = {"collectstatic", "compilemessages", "makemessages", "makemigrations", "backup"}


def act_as_owner(arguments: list[str]) -> None:
    """Where root runs ``manage.py`` over another account's data, go on as that account."""
    if os.geteuid() != 0 or not arguments[1:] or arguments[1] in NOT_ABOUT_DATA:
        return
    # Settings are read once: those that the command names, not those of a developer's machine
    named = CommandParser(add_help=False, allow_abbrev=False)
    named.add_argument("--settings")
    named.add_argument("--pythonpath")
    handle_default_options(named.parse_known_args(arguments[2:])[0])
    try:
        owner = Path(settings.DATA_DIR).stat().st_uid
        account = pwd.getpwuid(owner)
    except (ImproperlyConfigured, OSError, KeyError):
        return  # the command says it better, or there are no data yet
    if owner == 0:
        return
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(owner)
    os.environ["HOME"] = account.pw_dir


def hand_over(path: Path) -> None:
    """Give what root just wrote into the data folder to that folder's owner."""
    if os.geteuid() == 0:
        owner = Path(settings.DATA_DIR).stat()
        os.chown(path, owner.st_uid, owner.st_gid)
