"""Wrong answers to lesson 06's exercises: the function, the answer, words of the message it gets."""

SLERP = """
def slerp(a, b, t):
    omega = np.arccos(np.clip(np.sum(a * b) / {}, -1, 1))
    return (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)
"""
CLOSEST = """
def closest(items):
    rows = items.reshape(len(items), -1)
    distances = np.array([{} for row in rows]).astype(float)
    np.fill_diagonal(distances, np.inf)
    return np.unravel_index(distances.argmin(), distances.shape)
"""
WRONG = [
    ("slerp", SLERP.format("1"), "Vectors of length 3 go wrong"),
    ("slerp", SLERP.format("(np.sum(a * a) * np.sum(b * b))"), "Vectors of length 3 go wrong"),
    ("slerp", SLERP.format("1").replace("return", "result ="), "returns nothing"),
    ("closest", CLOSEST.format("np.square(rows - row).sum(axis=1)"), "Your uint8 squares wrap around"),
    ("closest", CLOSEST.format("np.abs(rows.astype(float) - row).sum(axis=1)"), "Square the differences"),
    ("closest", "def closest(items):\n    return [0, 1]", "compare all pairs"),
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
