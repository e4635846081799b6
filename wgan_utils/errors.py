"""What makes an exception show as one sentence in a notebook."""


class Explained:
    """Added to an exception whose message says everything: IPython shows it without a traceback.

    `class RunBusy(Explained, RuntimeError)`. Anywhere but in IPython such an exception is like any other.
    """

    ag_pass_through = True  # AutoGraph, in a compiled step, leaves it as it is

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows, and Jupyter stores, in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class Refused(Explained, ValueError):
    """An argument or a file that can't be used; the message names it and says what to do."""
