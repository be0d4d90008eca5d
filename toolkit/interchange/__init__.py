"""Entries as other systems take them: references, feeds and tables."""
