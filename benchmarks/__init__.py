"""Speed, as programs that print a table."""
