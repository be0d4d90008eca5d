from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from toolkit.people.models import Tries
from toolkit.people.sign_in import ACCOUNT
from toolkit.people.throttling import Claim, forget


class Command(BaseCommand):
    help = (
        "Open an account again to which too many wrong passwords were given. With --all, forget "
        "everything that was tried too often, whoever did it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="the name for signing in")
        parser.add_argument("--all", action="store_true")

    def handle(self, *, name: str, all: bool, **options: Any) -> None:
        if all:
            Tries.objects.all().delete()
            self.stdout.write("Everything that was tried too often is forgotten.")
        elif name:
            users = get_user_model()
            if not users.objects.filter(**{users.USERNAME_FIELD: name}).exists():
                raise CommandError(f"There is no account “{name}”.")
            forget(Claim(ACCOUNT, name))
            self.stdout.write(f"The account “{name}” is open again.")
        else:
            self.print_help("manage.py", "forgive")
