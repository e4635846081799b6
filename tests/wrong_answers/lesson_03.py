"""Wrong answers to lesson 03's exercises: the function, the answer, words of the message it gets."""

HUE = """
def mean_hue(degrees, weights):
    radians = np.radians(degrees)
    y, x = np.sum(weights * np.sin(radians)), np.sum(weights * np.cos(radians))
    return float({})
"""
SLOPE = """
def steepest(sizes, c):
    factors = [{} for before, after in zip(sizes, sizes[1:])]
    return {}
"""

WRONG = [
    (
        "mean_hue",
        "def mean_hue(degrees, weights):\n    return np.average(degrees, weights=weights)",
        "You averaged the numbers",
    ),
    ("mean_hue", HUE.format("np.arctan2(y, x)"), "Your result is in radians"),
    ("mean_hue", HUE.format("np.degrees(np.arctan2(y, x))"), "Your angle is negative"),
    (
        "mean_hue",
        HUE.format("np.degrees(np.arctan2(y, x)) % 360").replace("np.radians(degrees)", "degrees"),
        "np.sin and np.cos take radians",
    ),
    ("mean_hue", HUE.format("np.degrees(np.arctan2(x, y)) % 360"), "350° and 20° have the mean 5°"),
    (
        "mean_hue",
        HUE.format("np.degrees(np.arctan2(y, x)) % 360").replace("weights * ", ""),
        "You left the weights out",
    ),
    (
        "mean_hue",
        "def mean_hue(degrees, weights):\n    turned = (np.asarray(degrees) + 180) % 360\n"
        "    return (np.average(turned, weights=weights) - 180) % 360",
        "Weigh the points, then take the angle",
    ),
    ("steepest", SLOPE.format("c * before * after", "np.prod(factors)"), "stretches by c·√(m·n)"),
    ("steepest", SLOPE.format("c * (before * after) ** 0.5", "np.sum(factors)"), "you added them"),
    ("steepest", SLOPE.format("c * (before * after) ** 0.5", "np.prod(factors[:-1])"), "left out the last layer"),
    ("steepest", SLOPE.format("(before * after) ** 0.5", "c * np.prod(factors)"), "Every layer has a factor c"),
    ("steepest", SLOPE.format("c * after ** 0.5", "np.prod(factors)"), "steeper than yours"),
    ("steepest", SLOPE.format("c * max(before, after)", "np.prod(factors)"), "larger than need be"),
    (
        "steepest",
        "def steepest(sizes, c):\n    return c**2 * (sizes[0] * sizes[1]) ** 0.5 * (sizes[-2] * sizes[-1]) ** 0.5",
        "Two more layers of 9",
    ),
]
