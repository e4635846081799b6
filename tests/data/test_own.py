"""Own images of every kind: what is found in them, what `load_images` makes of them, and what its options change."""

import io
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw

from tests.refused import refused
from wgan_utils.data import own, pictures
from wgan_utils.data.datasets import load_images
from wgan_utils.data.images import hold_out
from wgan_utils.data.own import inspect_images, near_copies

RANDOM = np.random.default_rng(0)
quiet = pytest.mark.filterwarnings("ignore::UserWarning")


def noise(*shape: int, top: int = 256, kind: type = np.uint8) -> np.ndarray:
    """Rough pictures, whose small copies differ."""
    coarse = RANDOM.integers(0, top, (shape[0] // 8, shape[1] // 8, *shape[2:]))
    return coarse.repeat(8, 0).repeat(8, 1).astype(kind)


def colour() -> np.ndarray:
    return noise(64, 64, 3)


def white_shape() -> Image.Image:
    picture = Image.new("LA", (64, 64), (255, 0))
    x, y = RANDOM.integers(8, 56, 2)
    ImageDraw.Draw(picture).ellipse((x - 8, y - 8, x + 8, y + 8), fill=(255, 255))
    return picture


def two() -> np.ndarray:
    return np.hstack([noise(64, 64, 3) // 3, noise(64, 64, 3) // 3 + 170])


def fill(folder: Path, make=colour, count: int = 12, suffix: str = "png", **options) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    for number in range(count):
        one = make()
        one = one if isinstance(one, Image.Image) else Image.fromarray(one)
        one.save(folder / f"{number:02d}.{suffix}", **options)


def values(top: int, kind: type = np.uint8, low: int = 0):
    return lambda folder: fill(folder, lambda: noise(64, 64, top=top, kind=kind) + kind(low), suffix="tif")


def copies(folder: Path) -> None:
    fill(folder)
    picture = Image.open(folder / "03.png")
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(90).save(folder / "a.jpg", quality=80)


def stack(folder: Path) -> None:
    fill(folder)
    pages = [Image.fromarray(colour()) for _ in range(4)]
    pages[0].save(folder / "many.gif", save_all=True, append_images=pages[1:])


def folders(folder: Path, *names: str) -> None:
    for name in names:
        fill(folder / name, count=6)


def beside(name: str, content: bytes):
    return lambda folder: [fill(folder), (folder / name).write_bytes(content)]


def png(**options) -> bytes:
    content = io.BytesIO()
    Image.fromarray(colour()).save(content, **{"format": "png", **options})
    return content.getvalue()


# Each kind: what makes the folder, the kinds of findings, the option that decides otherwise.
CASES = {
    "masks of 0 and 1": (values(2), "range", {"value_range": (0, 255)}),
    "label maps": (values(20), "range", {"value_range": (0, 255)}),
    "12 of 16 bits": (values(4096, np.uint16), "range", {"value_range": (0, 4095)}),
    "signed": (values(256, np.int32, low=-99), "range", {"value_range": (-99, 200)}),
    "floats": (values(256, np.float32), "range", {"value_range": (0, 255)}),
    "white on transparent": (
        lambda f: fill(f, white_shape), "transparency blank copies", {"background": "black"}),
    "transparent palette": (
        lambda f: fill(f, lambda: Image.fromarray(colour()).quantize(16), transparency=0),
        "transparency", {"background": (0, 0, 255)}),
    "animated": (stack, "frames", {"frames": "all"}),
    "wide": (lambda f: fill(f, lambda: noise(32, 96, 3)), "crop", {"fit": "pad"}),
    "side by side": (lambda f: fill(f, two), "pairs crop", {}),
    "masks beside": (lambda f: folders(f, "images", "masks"), "pairs", {}),
    "masks by name": (lambda f: [fill(f), *(shutil.copy(f / f"{n:02d}.png", f / f"{n - 1:02d}_mask.png")
                                            for n in range(1, 7))], "pairs copies", {}),
    "frames around": (lambda f: fill(f, lambda: np.pad(noise(48, 64, 3), ((8, 8), (0, 0), (0, 0)))), "border", {}),
    "grey among coloured": (
        lambda f: [fill(f), fill(f / "g", lambda: noise(64, 64), 1)], "grey", {"colour": True}),
    "blank": (lambda f: [fill(f), Image.new("RGB", (64, 64), "red").save(f / "g.png")], "blank", {}),
    "copies": (copies, "copies", {}),
    "a plug-in's": (beside("IMG_1.HEIC", b"\0\0\0\x18ftypheic"), "left_out", {}),
    "a plug-in's under another name": (beside("1.jpg", b"\0\0\0\x18ftypheic"), "unreadable", {}),
    "an archive": (beside("more.zip", b"PK\x03\x04"), "left_out", {}),
    "damaged": (beside("half.png", png()[:300]), "unreadable", {}),
}  # fmt: skip


def told(given, **options) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            load_images(given, **options)
        except ValueError as error:
            return [f"{error}."]
    return [str(one.message).split(" Decide it")[0] for one in caught]


@pytest.mark.parametrize(("make", "kinds", "decided"), CASES.values(), ids=CASES)
def test_every_kind_is_found_and_told_unless_an_option_decides(folder, make, kinds, decided):
    make(folder)
    report = inspect_images(folder)
    assert {one.kind.replace(" ", "_") for one in report.findings} == {*kinds.split()}
    assert told(folder) == [one.sentence for one in report.findings]
    rest = [one.sentence for one in report.findings if one.option not in decided]
    assert {one.option for one in report.findings} >= {*decided}
    if kinds in ("range", "frames", "crop", "grey"):
        assert told(folder, **decided) == rest


def test_an_ordinary_folder_has_a_page_and_no_findings(folder):
    fill(folder / "below", count=20, suffix="jpg", quality=90)
    (folder / "below" / "no suffix").write_bytes(png())
    (folder / "<b>.txt").write_text("mine")
    report = inspect_images(folder)
    assert (report.findings, report.facts["pictures"], len(report.table)) == ([], "21", 21)
    assert all(said in report._repr_html_() for said in ("JPEG 20, PNG 1", "64×64 21", "data:image/png;base64"))
    (folder / "<b>.png").write_bytes(b"none")
    assert "<b>" not in inspect_images(folder)._repr_html_()


def test_large_pictures_and_many_are_sampled_and_it_is_said(folder, monkeypatch):
    monkeypatch.setattr(own, "SAMPLED", 8)
    fill(folder, count=20)
    assert "looked at" not in inspect_images(folder).facts
    for limit in ("SMALL", "ALL"):
        with monkeypatch.context() as patch:
            patch.setattr(own, limit, 10)
            report = inspect_images(folder)
        assert report.facts["looked at"].startswith("8 ")
        assert report.facts["formats"] == "PNG 8"
    # Pixels are not kept, so that memory does not grow with the pictures.
    assert pictures.read_pictures(pictures.open_pictures(folder), pictures.DEFAULT).pixels.size == 0


def test_near_copies_are_found_in_all_eight_positions_and_others_are_not():
    one = RANDOM.integers(40, 216, (60, 16, 16, 3)).astype(np.uint8)
    for turn in range(8):
        view = np.rot90(one[:5] if turn < 4 else one[:5, :, ::-1], turn % 4, (1, 2))
        near = (view + RANDOM.integers(-5, 6, view.shape)).astype(np.uint8)
        group = near_copies(np.concatenate([one, near, one[:1]]))
        assert len(np.unique(group)) == 60
        assert group[60:].tolist() == group[[0, 1, 2, 3, 4, 0]].tolist()


def test_what_is_no_folder_is_refused_and_an_empty_one_is_reported(folder):
    assert (inspect_images(folder).facts["pictures"], inspect_images(folder).sheet) == ("0", None)
    with refused(FileNotFoundError, naming="nowhere"):
        inspect_images(folder / "nowhere")


@pytest.mark.slow
def test_the_command_line_prints_the_report_and_writes_the_page(folder, tmp_path):
    fill(folder, count=3)
    command = [sys.executable, "-m", "wgan_utils.inspect", str(folder), str(tmp_path / "page.html")]
    assert "PNG 3" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "<table" in (tmp_path / "page.html").read_text("utf-8")
    assert subprocess.run([*command[:3], "nowhere"], capture_output=True, text=True).returncode == 1


def everything(images) -> np.ndarray:
    return np.concatenate([images.train, images.test])


@quiet
@pytest.mark.parametrize(
    ("kind", "top"),
    [(np.uint8, 1), (np.int32, 255), (np.uint16, 255), (np.uint16, 1023), (np.uint16, 4095), (np.uint16, 65535)],
)
def test_values_that_do_not_fill_their_type_are_spread_in_files_as_in_arrays(folder, kind, top):
    arrays = np.stack([noise(64, 64, top=top + 1, kind=kind) for _ in range(12)])
    arrays[0, 0, 0] = top
    fill(folder, iter(arrays).__next__, suffix="tif")
    wanted = np.rint(arrays / top * 255)
    for images in (load_images(folder), load_images(arrays)):
        for part, rows in zip((images.train, images.test), hold_out(12), strict=True):
            np.testing.assert_allclose(part, wanted[rows, ..., None], atol=1)


@quiet
def test_what_is_black_and_white_can_be_said():
    floats = np.stack([noise(64, 64, kind=float) for _ in range(12)])
    for given in (floats, floats.astype(np.int16) - 300):
        with refused(naming="value_range"):
            load_images(given)
    assert load_images(floats, value_range=(0, 255)).sha256 == load_images(floats.astype(np.uint8)).sha256
    # A resize leaves values a little below 0, which do not mean that black is −1.
    assert load_images(floats / 255 - 1e-6).sha256 == load_images(floats / 255).sha256


@quiet
def test_a_background_shows_what_white_hides(folder):
    fill(folder, white_shape)
    rgba = np.stack([np.asarray(white_shape().convert("RGBA")) for _ in range(12)])
    for given in (folder, rgba):
        assert everything(load_images(given)).min() == 255
        blue = everything(load_images(given, background=(0, 0, 255)))
        assert np.ptp(blue[..., 0], axis=(1, 2)).min() == 255


@quiet
def test_all_frames_lie_on_one_side_of_the_split_unless_there_is_one_file_alone(folder):
    stack(folder)
    first, every = load_images(folder), load_images(folder, frames="all")
    assert [len(everything(images)) for images in (first, every)] == [13, 16]
    assert (len(every.train) - len(first.train)) * (len(every.test) - len(first.test)) == 0
    for path in folder.glob("*.png"):
        path.unlink()
    assert (len(load_images(folder, frames="all").train), len(load_images(folder, frames="all").test)) == (3, 1)


@quiet
def test_images_are_cropped_padded_or_stretched_to_any_shape(folder):
    wide = np.zeros((32, 96, 3), np.uint8)
    wide[:, :32], wide[:, 64:] = (255, 0, 0), (0, 0, 255)
    fill(folder, lambda: wide)
    for given in (folder, np.repeat(wide[None], 12, axis=0)):
        crop, pad, stretch = (
            load_images(given, image_size=32, fit=fit, background="lime").train[0] for fit in ("crop", "pad", "stretch")
        )
        assert crop[1:-1, 2:-2].max() < 20
        assert (pad[2, 2].tolist(), pad[16, 2].argmax(), pad[16, 29].argmax()) == ([0, 255, 0], 0, 2)
        assert (stretch[2, 2].argmax(), stretch[2, 29].argmax()) == (0, 2)
        assert load_images(given, image_size=(16, 48), fit="stretch").train.shape[1:] == (16, 48, 3)


@quiet
def test_grey_and_coloured_pictures_can_all_be_either(folder):
    fill(folder)
    fill(folder / "more", lambda: noise(64, 64), 3)
    mixed, coloured, greys = (load_images(folder, colour=one) for one in (None, True, False))
    assert (mixed.sha256, greys.train.shape[3]) == (coloured.sha256, 1)
    expected = np.asarray(Image.fromarray(mixed.train[0]).convert("L"))
    np.testing.assert_array_equal(greys.train[0, ..., 0], expected)


def test_folders_are_classes_or_a_split(folder):
    folders(folder, "cat", "dog", "fox")
    images = load_images(folder)
    assert images.classes == ("cat", "dog", "fox")
    assert np.bincount([*images.train_labels, *images.test_labels]).tolist() == [6, 6, 6]
    some = load_images(folder, classes=["dog", "fox"])
    assert (len(everything(some)), some.classes[some.train_labels[0]]) == (12, "dog")
    with refused(naming="cow"):
        load_images(folder, classes="cow")
    shutil.rmtree(folder)
    folders(folder, "data/train/a", "data/train/b", "data/Test/a", "data/Test/b")
    images = load_images(folder)
    assert (len(images.train), len(images.test), images.classes) == (12, 12, ("a", "b"))
    test = {np.asarray(Image.open(path)).tobytes() for path in folder.glob("data/Test/*/*.png")}
    assert {image.tobytes() for image in images.test} == test


@quiet
def test_near_copies_lie_on_one_side_even_where_they_fill_the_set(folder):
    fill(folder, count=20)
    for number in hold_out(20)[1]:
        for turn in (90, 180):
            Image.open(folder / f"{number:02d}.png").rotate(turn).save(folder / f"{number:02d}_{turn}.jpg", quality=90)
    images = load_images(folder)
    train, test = (part.astype(int) for part in (images.train, images.test))
    apart = [min(abs(np.rot90(one, k) - other).mean() for k in range(4)) for one in test for other in train]
    assert (len(everything(images)), min(apart) > 20) == (24, True)
    one = colour()
    fill(folder / "more", lambda: one, 60)
    images = load_images(folder)
    assert 0 < len(images.test) < len(images.train)
    assert not {image.tobytes() for image in images.train} & {image.tobytes() for image in images.test}


X = np.random.default_rng(5).integers(0, 256, (20, 16, 16, 3), np.uint8)
Y = np.arange(20) % 4
MEMORY = {
    "array": X, "list": list(X), "floats": X / 255, "tensor": keras.ops.convert_to_tensor(X), "pair": (X, Y),
    "dictionary": {"x_train": X, "y_train": Y}, "pictures": [Image.fromarray(one) for one in X],
}  # fmt: skip


@pytest.mark.parametrize("given", MEMORY.values(), ids=MEMORY)
def test_images_in_memory_are_those_of_a_file(folder, given):
    np.save(folder / "x.npy", X)
    images = load_images(given, image_size=16)
    assert images.sha256 == load_images(folder / "x.npy", image_size=16).sha256
    if isinstance(given, dict | tuple):
        np.testing.assert_array_equal(images.test_labels, Y[hold_out(20)[1]])
        assert len(everything(load_images(given, classes=[2]))) == 5


def test_keras_pairs_keep_their_split_and_lists_of_paths_are_read(folder):
    with pytest.warns(UserWarning, match="20"):  # the same pictures, mirrored, are on both sides
        images = load_images(((X, Y), (X[::-1, ::-1], Y)))
    assert (len(images.train), len(images.test), images.test_labels.tolist()) == (20, 20, Y.tolist())
    fill(folder)
    paths = sorted(folder.iterdir())
    assert load_images(paths).sha256 == load_images([str(path) for path in paths]).sha256 == load_images(folder).sha256
    with refused(FileNotFoundError, naming="nowhere"):
        load_images([*paths, folder / "nowhere.png"])


def test_what_is_no_images_is_refused():
    for given in (None, 7, object(), [], [X, X[0, 0]], {"a": "b"}, [None] * 3, iter(X)):
        with refused():
            load_images(given)


def test_channels_first_and_one_picture_of_colour_are_told():
    for shape in ((20, 3, 32, 32), (20, 1, 28, 28)):
        with refused(naming="transpose(0, 2, 3, 1)"):
            load_images(np.full(shape, 9, np.uint8))
    with pytest.warns(UserWarning, match=r"\(1, height, width, 3\)"):
        load_images(np.moveaxis(X[0], 2, 0))


def test_tables_of_pixels(folder):
    pixels, path = X[..., 0].reshape(20, -1), folder / "train.csv"
    table = pd.DataFrame(pixels, columns=[f"pixel{i}" for i in range(256)])
    rows = pd.DataFrame({"emotion": Y, "pixels": [" ".join(map(str, row)) for row in pixels], "Usage": "Training"})
    labelled = pd.concat([pd.Series(Y, name="label"), table], axis=1)
    for one, heading in ((labelled, True), (labelled, False), (rows, True)):
        one.to_csv(path, index=False, header=heading)
        images = load_images(path)
        assert images.sha256 == load_images(X[..., :1]).sha256
        np.testing.assert_array_equal(images.train_labels, Y[hold_out(20)[0]])
    for content in ("a,b\n1,2\n", "", "image,label\nx.png,1\n", "\0"):
        path.write_text(content)
        with refused(naming="train"):
            load_images(path)


def test_tables_of_pictures(folder, monkeypatch):
    (folder / "x.parquet").write_bytes(b"PAR1")
    contents = [png() for _ in range(12)]
    for column in (contents, [{"bytes": one, "path": None} for one in contents]):
        table = pd.DataFrame({"image": column, "label": np.arange(12) % 3})
        monkeypatch.setattr(pd, "read_parquet", lambda path, table=table: table.copy())
        images = load_images(folder / "x.parquet")
        assert (len(everything(images)), images.classes) == (12, ("0", "1", "2"))
    monkeypatch.undo()
    with refused(naming="x.parquet"):  # it is none, or pyarrow is missing
        load_images(folder / "x.parquet")
