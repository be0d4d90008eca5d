"""SQLite that can be read when its disk is full (``ENGINE = "toolkit.core.sqlite"``)."""
