"""One call around fit, and what happens while it runs."""
