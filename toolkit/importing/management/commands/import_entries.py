from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from toolkit.importing.csv_rows import FileRefused
from toolkit.importing.plans import Plan, carry_out, plan_import

STEP = 20  # rows between two lines of progress


class Command(BaseCommand):
    help = (
        "Import entries from a CSV file in UTF-8 (its columns: docs/import.md). Running it again "
        "changes nothing; a changed row changes its entry. Refused rows are listed with the reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--encoding", default="", help="of a file in an older encoding: windows-1252, gb18030 …"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would be done, and do nothing"
        )

    def handle(
        self,
        *args: Any,
        file: Path,
        encoding: str = "",
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        try:
            plan = plan_import(file, encoding=encoding)
        except FileRefused as error:
            raise CommandError(str(error)) from error
        if plan.ignored:
            names = ", ".join(name or "(without a name)" for name in plan.ignored)
            self.stdout.write(f"Columns that mean nothing here: {names}")
        if dry_run:
            self._show(plan)
            self.stdout.write(f"{plan}. Nothing was written.")
            return
        carry_out(plan, say=self._progress)
        for row in plan.of("refuse"):
            self.stdout.write(f"  refused: {row}")
        self.stdout.write(f"{plan}.")
        if plan.rows and len(plan.of("refuse")) == len(plan.rows):
            raise CommandError("Every row was refused.")

    def _show(self, plan: Plan) -> None:
        for row in plan.rows:
            self.stdout.write(f"  {row}")

    def _progress(self, done: int, total: int) -> None:
        if done % STEP == 0 or done == total:
            self.stdout.write(f"  {done} of {total}")
            self.stdout.flush()
