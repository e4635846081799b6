"""How the site is made: what `make site` lays out for Sphinx, and the figures it shows."""
