"""One training step the ways a user would write it, each in a process of its own: what `benchmarks.peers` runs."""
