from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

NAME = "admin"


class Command(BaseCommand):
    help = (
        "Make a first administrator with a random password, which is shown this once. "
        "Does nothing where there is an administrator already."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model()._default_manager
        if users.filter(is_superuser=True, is_active=True).exists():
            return
        name = NAME
        while users.filter(username=name).exists():
            name = f"{NAME}-{secrets.token_hex(2)}"
        password = secrets.token_urlsafe(12)
        users.create_superuser(username=name, password=password)
        self.stdout.write(
            f"  The administrator's name is “{name}”, the password “{password}”.\n"
            "  It is shown this once; change it at /admin/account/."
        )
