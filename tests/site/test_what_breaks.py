"""Each bug is caught by its check, and only the bug is."""

import matplotlib.figure
import numpy as np
import pytest

from examples.what_breaks.catalogue import BUGS
from examples.what_breaks.penalty import check_epsilon, measure_epsilon

# Fewer updates than the figures have: what the checks look at is there at once.
SHORT = {
    "same_batch": {"updates": 3},
    "predict": {"rounds": 3},
    "sign": {"rounds": 2, "each": 10},
    "merged": {"updates": 3},
    "logged": {"updates": 3},
    "forgotten": {"half": 8},
}
SAYS = {
    "epsilon": "one ε for every pixel",
    "root": "not a number",
    "axes": "runs over the batch",
    "batch_norm": "mixes the images",
    "dropout": "another function at each pass",
    "same_batch": "sees the same batch",
    "clip_everything": "clip BatchNorm's scales",
    "clip_before": "clip after the update",
    "frozen": "does not learn",
    "predict": "another generator",
    "sign": "sign of the generator's loss is turned",
    "merged": "held-out images are trained on",
    "logged": "no estimate of the distance",
    "forgotten": "checkpoint forgets something",
}


@pytest.mark.parametrize("name", BUGS)
def test_the_check_passes_without_the_bug_and_names_it_with_it(name):
    bug, short = BUGS[name], SHORT.get(name, {})
    right, wrong = bug.measure(False, **short), bug.measure(True, **short)
    bug.check(right)
    with pytest.raises(AssertionError, match=SAYS[name]):
        bug.check(wrong)
    if name != "forgotten":  # its figure wants the whole length
        assert isinstance(bug.draw(right, wrong), matplotlib.figure.Figure)


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("one a coordinate", "one ε for every pixel"),
        ("one a batch", "one ε for the whole batch"),
        ("from N(0, 1)", "leaves the line"),
    ],
)
def test_each_wrong_epsilon_is_told_from_the_others(way, says):
    measured = measure_epsilon(True)
    with pytest.raises(AssertionError, match=says):
        check_epsilon({**measured, "between": {way: measured["between"][way]}})


def test_what_the_page_says_of_a_linear_critic():
    penalties = BUGS["axes"].measure(True)["penalty"]
    assert np.all(np.diff(penalties) > 0)
