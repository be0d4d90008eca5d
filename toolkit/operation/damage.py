"""What an administrator does about a database that is damaged."""

from __future__ import annotations

_WORDS = ("malformed", "not a database")


def what_to_do(error: BaseException) -> str:
    """Advice in plain words, if this error of a database says that its file is damaged; else ""."""
    said = str(error)
    if not any(word in said.lower() for word in _WORDS):
        return ""
    return (
        f"The database is damaged: {said}. Stop the site and put the last backup in its place: "
        "`manage.py restore FILE`. What is there now is kept beside it (deploy/README.md)."
    )
