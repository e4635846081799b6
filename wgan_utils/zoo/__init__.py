"""The generators that ship with the library, each with its card."""
