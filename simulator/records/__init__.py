"""Keep sessions, and report on them."""
