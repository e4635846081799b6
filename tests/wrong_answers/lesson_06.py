"""Wrong answers to lesson 06's exercises: the function, the answer, words of the message it gets."""

WRONG = [
    ("slerp", "def slerp(a, b, t):\n    return (1 - t) * a + t * b", "It leaves the sphere"),
    (
        "slerp",
        "def slerp(a, b, t):\n    c = (1 - t) * a + t * b\n    return c / np.linalg.norm(c)",
        "It hurries",
    ),
    ("slerp", "def slerp(a, b, t):\n    return t * a + (1 - t) * b", "It does not go from a (t = 0) to b"),
    (
        "closest",
        """
def closest(items):
    rows = items.reshape(len(items), -1).astype(float)
    distances = np.array([np.linalg.norm(rows - row, axis=1) for row in rows])
    return np.unravel_index(distances.argmin(), distances.shape)
""",
        "Each item is closest to itself",
    ),
    (
        "closest",
        """
def closest(items):
    rows = items.reshape(len(items), -1)
    distances = np.array([np.abs(rows - row).sum(axis=1).astype(float) for row in rows])
    np.fill_diagonal(distances, np.inf)
    return np.unravel_index(distances.argmin(), distances.shape)
""",
        "Do your uint8 differences wrap around at 256?",
    ),
]
