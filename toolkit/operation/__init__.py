"""What an administrator does: set up, the first account."""
