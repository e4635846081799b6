"""How far a long task is: one line on stderr."""

import sys
import time

SECONDS = 2.0  # between two renewals, and before the first: what is quick shows nothing


class Progress:
    """A line such as "downloading mnist.npz: 5 of 11 MB (45%)"."""

    def __init__(self, task: str, unit: str, total: int, scale: float = 1) -> None:
        """`total`: how much there is to do, 0 where nobody knows; `scale`: what makes a unit."""
        self.task, self.unit, self.total, self.scale = task, unit, total, scale
        self.done, self.shown, self.last = 0, False, time.monotonic()

    def update(self, count: int) -> None:
        """So much more is done."""
        self.done += count
        now = time.monotonic()
        if now - self.last < SECONDS:
            return
        of, share = "", ""
        if self.total:
            of, share = f" of {self.total / self.scale:,.0f}", f" ({self.done / self.total:.0%})"
        line = f"{self.task}: {self.done / self.scale:,.0f}{of} {self.unit}{share}"
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
        self.last, self.shown = now, True

    def close(self) -> None:
        """End the line, if there is one."""
        if self.shown:
            print(file=sys.stderr)
