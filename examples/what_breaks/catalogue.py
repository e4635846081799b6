"""The list of the bugs. What is said of each stands on the site's page "What breaks" (site/pages/bugs.md)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from examples.what_breaks import drawing, penalty, readings, reported, updates, weights


class Bug(NamedTuple):
    """One bug: `measure(wrong)` with it or without, a check of what was measured, and the figure of both."""

    measure: Callable[..., dict[str, Any]]
    check: Callable[[dict[str, Any]], None]
    draw: Callable[[dict[str, Any], dict[str, Any]], Any]


BUGS = {
    "epsilon": Bug(penalty.measure_epsilon, penalty.check_epsilon, drawing.draw_epsilon),
    "root": Bug(penalty.measure_root, penalty.check_root, drawing.draw_root),
    "axes": Bug(penalty.measure_axes, penalty.check_axes, drawing.draw_axes),
    "whole_batch": Bug(penalty.measure_whole_batch, penalty.check_whole_batch, drawing.draw_whole_batch),
    "batch_norm": Bug(penalty.measure_batch_norm, penalty.check_batch_norm, drawing.draw_batch_norm),
    "dropout": Bug(penalty.measure_dropout, penalty.check_dropout, drawing.draw_dropout),
    "same_batch": Bug(updates.measure_same_batch, updates.check_same_batch, drawing.draw_same_batch),
    "clip_everything": Bug(
        weights.measure_clip_everything, weights.check_clip_everything, drawing.draw_clip_everything
    ),
    "clip_before": Bug(weights.measure_clip_before, weights.check_clip_before, drawing.draw_clip_before),
    "frozen": Bug(weights.measure_frozen, weights.check_frozen, drawing.draw_frozen),
    "predict": Bug(updates.measure_predict, updates.check_predict, drawing.draw_predict),
    "sign": Bug(updates.measure_sign, updates.check_sign, drawing.draw_sign),
    "merged": Bug(
        readings.measure_merged,
        readings.check_merged,
        drawing.draw_two_curves(("training points", "held-out points")),
    ),
    "logged": Bug(readings.measure_logged, readings.check_logged, drawing.draw_logged),
    "forgotten": Bug(weights.measure_forgotten, weights.check_forgotten, drawing.draw_forgotten),
    "activation": Bug(reported.measure_activation, reported.check_activation, drawing.draw_activation),
    "unused": Bug(reported.measure_unused, reported.check_unused, drawing.draw_unused),
    "ascent": Bug(reported.measure_ascent, reported.check_ascent, drawing.draw_ascent),
    "real_only": Bug(reported.measure_real_only, reported.check_real_only, drawing.draw_real_only),
    "squared": Bug(reported.measure_squared, reported.check_squared, drawing.draw_squared),
    "outside": Bug(reported.measure_outside, reported.check_outside, drawing.draw_outside),
    "range": Bug(reported.measure_range, reported.check_range, drawing.draw_range),
    "augmented": Bug(reported.measure_augmented, reported.check_augmented, drawing.draw_augmented),
    "always_true": Bug(reported.measure_always_true, reported.check_always_true, drawing.draw_always_true),
}
