"""Looks at the reader's own critic: does a score depend on other images, on chance, on an activation at its end?"""

from typing import Any

import numpy as np

from gan_audit.frameworks import Framework
from gan_audit.report import Report


def audit_critic(critic: Any, framework: Framework, shape: tuple[int, ...], report: Report) -> None:
    """Add to the report what is wrong with a critic that maps (n, *shape) to scores; it is left as it was."""
    images = np.random.default_rng(0).normal(size=(8, *shape)).astype("float32")
    with framework.borrowed(critic) as redraw:
        (first, slopes), (second, _) = (framework.scores(critic, images) for _ in range(2))
        if not np.allclose(first, second, rtol=1e-4, atol=1e-5 * np.abs(first).max()):
            report.add("dropout")
        # The slope of the first score, in one pass: so dropout does not disturb it.
        slopes = np.abs(slopes).reshape(len(images), -1).max(axis=1)
        if slopes[1:].max() > 1e-6 * slopes.max():
            report.add("cross_talk")
        if redraw:
            redraw(10.0)
            if np.abs(framework.scores(critic, images)[0]).max() <= 1:
                report.add("bounded")
