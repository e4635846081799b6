"""Every figure and GIF of the lessons, in one style, with captions."""
