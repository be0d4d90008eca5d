"""``manage.py worker``: what is to be done beside serving, one process beside the server."""

from __future__ import annotations

import logging
import os
import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.crypto import get_random_string

from toolkit.operation import duties, presence

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Apply what the search index still has to learn, publish what is scheduled, unpublish "
        "what has expired, read what was attached, and do the background tasks. Any number may run "
        "side by side."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what is due now and end (for a timer)"
        )
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between two looks (%(default)s)"
        )
        parser.add_argument(
            "--beside",
            type=int,
            metavar="PID",
            help="the process that started this one: end when it ends",
        )

    def handle(
        self, *args: Any, once: bool, interval: float, beside: int | None, **options: Any
    ) -> None:
        own = duties.Duties(worker=get_random_string(32))
        if once:
            own.look()
            return
        presence.be_the_worker()
        self._ended = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        while not self._ended and (beside is None or os.getppid() == beside):
            # A database that went away is looked for again at the next look
            close_old_connections()
            own.look()
            close_old_connections()
            if not self._ended:
                time.sleep(interval)

    def _end(self, *_args: object) -> None:
        """What has been begun is finished: an index is written, a task is done."""
        self._ended = True
