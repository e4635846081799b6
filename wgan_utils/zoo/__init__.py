"""The trainings that ship with the library, each with its card."""
