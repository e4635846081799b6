"""Wrong answers to the exercise of the lab on critics."""

from keras import ops


def excess(norms):
    return ops.maximum(norms - 1, 0)


WRONG = {
    "critics.1": {
        "two-sided": lambda norms: ops.mean((norms - 1) ** 2),
        "below": lambda norms: ops.mean(ops.minimum(norms - 1, 0) ** 2),
        "not squared": lambda norms: ops.mean(excess(norms)),
        "squared mean": lambda norms: ops.mean(excess(norms)) ** 2,
        "mean of those above": lambda norms: ops.sum(excess(norms) ** 2) / ops.sum(ops.cast(norms > 1, "float32")),
        "sum": lambda norms: ops.sum(excess(norms) ** 2),
        "squared before": lambda norms: ops.mean(ops.maximum(norms**2 - 1, 0)),
        "a float": lambda norms: float(ops.mean(excess(norms) ** 2)),
        "a number for each": lambda norms: excess(norms) ** 2,
        "nothing": lambda norms: None,
        "another": lambda norms: ops.mean(excess(norms) ** 3),
    },
}
