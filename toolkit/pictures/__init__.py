"""The picture of a page that others show when they link to it (Open Graph)."""
