"""A file → its words. Runs in a process of its own, which knows no settings and no database:
nothing here imports Django, or anything else of the site."""
