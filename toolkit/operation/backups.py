"""The whole site in one file, and back: database, uploaded files, the secret of this machine.

The file is a compressed tar archive: ``database.sqlite3`` (or ``database.dump``, of PostgreSQL),
``media/…``, and last of all ``manifest.json`` with a digest of each. An archive that was cut off
has no manifest, one that was altered has wrong digests: both are refused before anything is
touched. The search index is not in it: it is made anew from the database.

See docs/decisions/0015-operation.md.
"""

from __future__ import annotations

import contextlib
import datetime
import gzip
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from search.engines.identity import new_identity
from toolkit.operation import postgresql, presence
from toolkit.operation.backup_records import record_backup
from toolkit.operation.copying import copy_rows
from toolkit.operation.ownership import hand_over

FORMAT = 1
MANIFEST, MEDIA, SECRET = "manifest.json", "media", "secret-key"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
#: What ``backup FOLDER`` calls its files: they sort by age.
NAME = "toolkit-{at:%Y%m%d-%H%M%S}.tar.gz"
PATTERN = "toolkit-????????-??????.tar.gz"


class BackupRefused(Exception):
    """A backup cannot be made, or is not one that can be restored here; nothing was changed."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``digests`` are those of all its files, by their names;
    ``migrations`` are those that its database has had, as "app.name"."""

    made_at: str
    vendor: str
    migrations: list[str]
    digests: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Raises ``BackupRefused`` for one that this release cannot read."""
        try:
            values = json.loads(text)
            number = int(values["format"])
        except (ValueError, KeyError, TypeError) as error:
            raise BackupRefused(f"its manifest cannot be read: {error}") from error
        if number > FORMAT:
            raise BackupRefused("it was made by a newer release: upgrade this site first")
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})


# --- making -------------------------------------------------------------------------------


def back_up(target: Path, *, keep: int = 0) -> Path:
    """Write a backup to a file, or into a folder under a name of its own; returns the file.

    The site may run. ``keep`` removes the oldest in the folder beyond that number. Raises
    ``BackupRefused``, also for a damaged database: such a backup would push out good ones.
    """
    file = target / NAME.format(at=timezone.now()) if target.is_dir() else target
    if file.exists():
        raise BackupRefused(f"{file} is there already")
    beside = file.with_name(f".{file.name}.part")
    try:
        # Whatever the umask: a backup holds every password's digest and every private page.
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            _write_archive(out, near=file.parent)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # a full data disk is a reason to back up elsewhere
        hand_over(record_backup(file))
    if keep and target.is_dir():
        for old in sorted(target.glob(PATTERN))[:-keep]:
            old.unlink()
    return file


def _write_archive(out: IO[bytes], *, near: Path) -> None:
    digests: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory(dir=near, prefix=".toolkit-backup-") as folder,
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        database = Path(folder) / DATABASE[connection.vendor]
        migrations = _applied()
        _copy_database(database)
        for name, path in [(database.name, database), *_files()]:
            with contextlib.suppress(FileNotFoundError):  # an editor has just removed it
                digests[name] = _add(archive, name, path)
        manifest = Manifest(
            made_at=timezone.now().isoformat(),
            vendor=connection.vendor,
            migrations=migrations,
            digests=digests,
        )
        text = json.dumps(asdict(manifest)).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        archive.addfile(entry, _Digesting(text))


def _files() -> Iterator[tuple[str, Path]]:
    media = Path(settings.MEDIA_ROOT)
    for path in sorted(media.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{MEDIA}/{path.relative_to(media)}", path
    secret = Path(settings.DATA_DIR) / SECRET
    if secret.exists():
        yield SECRET, secret


class _Digesting:
    """A file that is read once, for the archive and for its digest."""

    def __init__(self, source: IO[bytes] | bytes) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        if isinstance(self._source, bytes):
            part = self._source[self._at : self._at + size]
            self._at += len(part)
        else:
            part = self._source.read(size)
        self._digest.update(part)
        return part

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(file.fileno()).st_size
        entry.mtime = int(os.fstat(file.fileno()).st_mtime)
        reading = _Digesting(file)
        archive.addfile(entry, reading)  # type: ignore[arg-type]
    return reading.digest


def _copy_database(target: Path) -> None:
    if connection.vendor == "postgresql":
        postgresql.dump(connection.settings_dict, target)
        return
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(target)) as copy:
        # All at once: a state that one moment had, however many write meanwhile.
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    _check_integrity(target)


def _check_integrity(path: Path) -> None:
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        ) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check(5)")]
            db.execute("SELECT count(*) FROM wagtailcore_page").fetchone()
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise BackupRefused(f"the database is damaged: {'; '.join(found)}")


def _applied() -> list[str]:
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


# --- restoring ----------------------------------------------------------------------------


def restore(file: Path) -> Manifest:
    """Put a backup in the place of what is there, which is kept in ``replaced-…`` beside it.

    Everything is unpacked, checked and brought to this release first; then files change places.
    Where anything fails, what was there stays. Raises ``BackupRefused`` or ``presence.InUse``.
    """
    data = Path(settings.DATA_DIR)
    if not file.is_file():
        raise BackupRefused(f"there is no file {file}")
    with presence.alone():
        if connection.vendor == "postgresql":
            postgresql.refuse_company(connection)
        staging = Path(tempfile.mkdtemp(dir=data, prefix=".restoring-"))
        try:
            manifest = _unpack(file, staging)
            if manifest.vendor == connection.vendor == "sqlite":
                _prepare_sqlite(staging / DATABASE["sqlite"], manifest)
            else:
                _refuse_what_does_not_fit(manifest)
            (staging / MEDIA).mkdir(exist_ok=True)
            _exchange(staging, manifest)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        if connection.vendor == "postgresql":
            call_command("migrate", interactive=False, verbosity=0)
            new_identity()
        # What is kept beside the database and speaks of the one that is gone
        (data / "loaded").unlink(missing_ok=True)
        shutil.rmtree(settings.SEARCH_INDEX_DIR, ignore_errors=True)
        for cache in caches.all(initialized_only=False):
            cache.clear()
    return manifest


def _unpack(file: Path, folder: Path) -> Manifest:
    """All files of a backup below a folder; raises ``BackupRefused`` unless every one is whole."""
    digests: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isfile() else None
                if content is None or not _is_expected(entry.name):
                    raise BackupRefused(f"it is no backup of a toolkit (it holds {entry.name!r})")
                if entry.name == MANIFEST:
                    manifest = Manifest.read(content.read())
                    continue
                digests[entry.name] = _write(content, folder / entry.name)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupRefused(f"it is damaged or was cut off: {error}") from error
    if manifest is None:
        raise BackupRefused("it is damaged or was cut off: its manifest is missing")
    if digests != manifest.digests:
        wrong = sorted(set(digests.items()) ^ set(manifest.digests.items()))
        raise BackupRefused(f"it was altered: {wrong[0][0]} is not what was backed up")
    return manifest


def _is_expected(name: str) -> bool:
    parts = Path(name).parts
    if ".." in parts or name.startswith("/"):
        return False
    return name in {*DATABASE.values(), MANIFEST, SECRET} or parts[0] == MEDIA


def _write(content: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    reading = _Digesting(content)
    with path.open("wb") as out:
        shutil.copyfileobj(reading, out)
    return reading.digest


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.vendor == "postgresql" != connection.vendor:
        raise BackupRefused("it holds a PostgreSQL database: let DATABASE_URL name an empty one")
    if manifest.vendor != connection.vendor and manifest.migrations != _applied():
        raise BackupRefused(
            "the move to PostgreSQL needs a backup made by this very release, and tables made by "
            "`manage.py migrate`: make both, then try again"
        )
    ours = {app.label for app in _own_apps()}
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = [
        name for name in manifest.migrations if name not in known and name.split(".")[0] in ours
    ]
    if newer:
        raise BackupRefused(
            f"it was made by a newer release (which has {newer[0]}): upgrade this site first"
        )


def _own_apps() -> list[Any]:
    from django.apps import apps

    base = Path(settings.BASE_DIR)
    inside = [app for app in apps.get_app_configs() if Path(app.path).is_relative_to(base)]
    return [app for app in inside if "site-packages" not in app.path]


def _prepare_sqlite(staged: Path, manifest: Manifest) -> None:
    """Bring a database to this release, and tell it apart from what it was a copy of.

    The one that is there may be damaged, which is what a backup is for: it is not opened, not
    even by the migrations of others that ask it a question while they are imported.
    """
    _check_integrity(staged)
    connections.close_all()
    place = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(staged)
    try:
        _refuse_what_does_not_fit(manifest)
        call_command("migrate", interactive=False, verbosity=0)
        new_identity()
        connection.close()
        with contextlib.closing(sqlite3.connect(staged)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = place


def _exchange(staging: Path, manifest: Manifest) -> None:
    """Let what was unpacked and what was there change places; back again if that fails."""
    data = Path(settings.DATA_DIR)
    kept = data / f"replaced-{datetime.datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    mark = data / presence.UNFINISHED
    connections.close_all()
    moves = [(staging / MEDIA, Path(settings.MEDIA_ROOT))]
    if (staging / SECRET).exists():
        (staging / SECRET).chmod(0o600)
        moves.append((staging / SECRET, data / SECRET))
    leaving = [place for _new, place in moves]
    if connection.vendor == "sqlite":
        place = Path(connection.settings_dict["NAME"])
        moves.append((staging / DATABASE["sqlite"], place))
        # The old log beside the new database would be read into it, and destroy it.
        leaving += [place.with_name(place.name + end) for end in ("", "-wal", "-shm")]
    done: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        shutil.move(source, target)
        done.append((source, target))

    old = sorted(data.glob("replaced-*"))
    kept.mkdir()
    mark.touch()
    try:
        for place in leaving:
            if place.exists():
                move(place, kept / place.name)
        for new, place in moves:
            if new.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                move(new, place)
        if connection.vendor == "postgresql" and manifest.vendor == "sqlite":
            copy_rows(staging / DATABASE["sqlite"])
        elif connection.vendor == "postgresql":
            postgresql.load(connection.settings_dict, staging / DATABASE["postgresql"])
    except BaseException:
        for source, target in reversed(done):
            shutil.move(target, source)
        shutil.rmtree(kept, ignore_errors=True)
        mark.unlink(missing_ok=True)
        raise
    mark.unlink()
    for folder in old:  # one step back is enough, and room is dear
        shutil.rmtree(folder, ignore_errors=True)
