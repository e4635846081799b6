"""A run's folder: its identity, tables, samples and checkpoints, and a lesson's parameters."""
