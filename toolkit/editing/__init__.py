"""What editors have beyond Wagtail's admin: checks of a page, drafts that are kept, acts that
say why they cannot be done."""
