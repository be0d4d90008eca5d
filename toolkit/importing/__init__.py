"""Entries from other people's tables: a plan that can be read, then the write."""
