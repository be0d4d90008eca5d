"""The words in files that editors attach: read in a process of its own, kept, and where that
fails reported (docs/decisions/0022-words-in-files.md)."""
