"""Programs for who works on the project: storing lessons, shipping generators, making the site."""
