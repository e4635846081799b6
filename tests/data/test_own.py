"""Own images of every kind: what `load_images` makes of them, what it tells, and what each of its options changes."""

import warnings

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.data.test_inspection import CASES, colour, fill, folders, grey, noise, png, stack, white_shape
from tests.refused import refused
from wgan_utils.data.datasets import load_images
from wgan_utils.data.images import hold_out
from wgan_utils.data.inspection import inspect_images

OPTIONS = {
    "value_range": (-100, 300),
    "background": "black",
    "frames": "all",
    "fit": "pad",
    "colour": True,
}
quiet = pytest.mark.filterwarnings("ignore::UserWarning")


def everything(images) -> np.ndarray:
    return np.concatenate([images.train, images.test])


@pytest.mark.parametrize(("make", "kind", "option"), CASES.values(), ids=CASES)
def test_each_finding_is_told_once_unless_its_option_is_given(folder, make, kind, option):
    make(folder)
    expected = [one.sentence for one in inspect_images(folder).findings if one.loss]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            load_images(folder)
        except ValueError as error:
            caught = [error]
    said = [str(getattr(one, "message", one)) for one in caught]
    assert len(said) == len(expected)
    assert all(one.startswith(sentence.rstrip(".")) for one, sentence in zip(said, expected, strict=True))
    if option in OPTIONS:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            load_images(folder, **{option: OPTIONS[option]})
        (decided,) = (one.sentence for one in inspect_images(folder).findings if one.option == option)
        assert not any(str(one.message).startswith(decided) for one in caught)


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
            np.testing.assert_allclose(part[..., 0], wanted[rows], atol=1)


@quiet
def test_what_is_black_and_white_can_be_said(folder):
    fill(folder, lambda: noise(64, 64, kind=np.int32) - 99, suffix="tif")
    with refused(naming="value_range"):
        load_images(folder)
    images = load_images(folder, value_range=(-99, 156))
    assert (everything(images).min(), everything(images).max()) == (0, 255)
    values = np.stack([noise(64, 64, kind=float) for _ in range(12)])
    for given in (values, values.astype(np.int16) - 300):
        with refused(naming="value_range"):
            load_images(given)
    assert load_images(values, value_range=(0, 255)).sha256 == load_images(values.astype(np.uint8)).sha256
    assert load_images(-values / 255 + 1e-7).sha256 != load_images(values / 255 - 1e-7).sha256
    # A resize leaves values a little below 0, which do not mean that black is −1.
    assert load_images(values / 255 - 1e-6).sha256 == load_images(values / 255).sha256


@quiet
@pytest.mark.parametrize("background", ["black", (0, 0, 255)])
def test_a_background_shows_what_white_hides(folder, background):
    fill(folder, white_shape)
    assert everything(load_images(folder)).min() == 255
    assert np.ptp(everything(load_images(folder, background=background)), axis=(1, 2)).max(axis=1).min() == 255
    rgba = np.stack([np.asarray(white_shape().convert("RGBA")) for _ in range(12)])
    assert everything(load_images(rgba)).min() == 255
    assert everything(load_images(rgba, background=background)).min() == 0


@quiet
@pytest.mark.parametrize("suffix", ["gif", "tif"])
def test_all_frames_lie_on_one_side_of_the_split(folder, suffix):
    stack(folder, suffix)
    first, every = load_images(folder), load_images(folder, frames="all")
    assert [len(everything(images)) for images in (first, every)] == [13, 16]
    assert (len(every.train) - len(first.train)) * (len(every.test) - len(first.test)) == 0


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
        assert (pad[2, 2], pad[16, 2], pad[16, 29])[0].tolist() == [0, 255, 0]
        assert pad[16, 2].argmax() == 0
        assert (stretch[2, 2].argmax(), stretch[2, 29].argmax()) == (0, 2)
        assert load_images(given, image_size=(16, 48), fit="stretch").train.shape[1:] == (16, 48, 3)
    flat = load_images(np.repeat(wide[None, ..., 0], 12, axis=0), image_size=32, fit="pad", background=(9, 9, 9))
    assert flat.train[0, 0, 0, 0] == 9


@quiet
def test_grey_and_coloured_pictures_can_all_be_either(folder):
    fill(folder, colour, 12)
    fill(folder / "more", grey, 3)
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
    assert len(everything(load_images(folder, classes="cat"))) == 6
    with refused(naming="cow"):
        load_images(folder, classes="cow")


def test_train_and_test_folders_are_kept(folder):
    folders(folder, "data/train/a", "data/train/b", "data/test/a", "data/test/b")
    images = load_images(folder, image_size=64)
    assert (len(images.train), len(images.test), images.classes) == (12, 12, ("a", "b"))
    test = {np.asarray(Image.open(path)).tobytes() for path in folder.glob("data/test/*/*.png")}
    assert {image.tobytes() for image in images.test} == test


def test_near_copies_lie_on_one_side(folder):
    fill(folder, colour, 20)
    for number in hold_out(20)[1]:
        for turn in (90, 180):
            Image.open(folder / f"{number:02d}.png").rotate(turn).save(folder / f"{number:02d}_{turn}.jpg", quality=90)
    with pytest.warns(UserWarning, match="copies|once more"):
        images = load_images(folder)
    train, test = (part.astype(int) for part in (images.train, images.test))
    apart = [min(abs(np.rot90(one, k) - other).mean() for k in range(4)) for one in test for other in train]
    assert len(everything(images)) == 24
    assert min(apart) > 20


def test_a_stack_in_one_file_is_split_by_its_pages(folder):
    pages = [Image.fromarray(colour()) for _ in range(20)]
    pages[0].save(folder / "stack.tif", save_all=True, append_images=pages[1:])
    images = load_images(folder, frames="all")
    assert (len(images.train), len(images.test)) == (18, 2)


@quiet
def test_where_copies_fill_the_set_the_others_are_held_out(folder):
    one = colour()
    fill(folder, lambda: one, 12)
    fill(folder / "more", colour, 2)
    images = load_images(folder)
    assert len(images.train) + len(images.test) == 14
    assert not {image.tobytes() for image in images.train} & {image.tobytes() for image in images.test}


X = np.random.default_rng(5).integers(0, 256, (20, 16, 16, 3), np.uint8)
Y = np.arange(20) % 4


@pytest.mark.parametrize(
    "given",
    [
        X,
        list(X),
        X / 255,
        keras.ops.convert_to_tensor(X),
        {"x_train": X, "y_train": Y},
        (X, Y),
        [Image.fromarray(one) for one in X],
    ],
    ids=["array", "list", "floats", "tensor", "dictionary", "pair", "pictures"],
)
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
    fill(folder, colour)
    paths = sorted(folder.iterdir())
    assert load_images(paths).sha256 == load_images([str(path) for path in paths]).sha256 == load_images(folder).sha256
    with refused(FileNotFoundError, naming="nowhere"):
        load_images([*paths, folder / "nowhere.png"])


@pytest.mark.parametrize("given", [None, 7, object(), [], [X, X[0, 0]], {"a": "b"}, [None] * 3, iter(X)], ids=repr)
def test_what_is_no_images_is_refused(given):
    with refused():
        load_images(given)


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        ((20, 3, 32, 32), "transpose(0, 2, 3, 1)"),
        ((20, 1, 28, 28), "transpose(0, 2, 3, 1)"),
        ((32, 32, 3, 20), "transpose(3, 0, 1, 2)"),
        ((20, 3072), "reshape(-1, 3, 32, 32)"),
        ((20, 4096), "reshape(-1, 64, 64)"),
        ((32, 32, 3), "[None]"),
    ],
)
def test_axes_in_another_order_are_named(shape, named):
    with refused(naming=named):
        load_images(np.full(shape, 9, np.uint8))


def test_one_picture_of_colour_is_not_three_grey_ones_without_a_word():
    with pytest.warns(UserWarning, match=r"\[None\]"):
        load_images(np.moveaxis(X[0], 2, 0))


def test_tables_of_pixels(folder):
    pixels, path = X[..., 0].reshape(20, -1), folder / "train.csv"
    table = pd.DataFrame(pixels, columns=[f"pixel{i}" for i in range(256)])
    for heading in (True, False):
        labelled = table if heading is None else pd.concat([pd.Series(Y, name="label"), table], axis=1)
        labelled.to_csv(path, index=False, header=heading)
        images = load_images(path)
        assert images.sha256 == load_images(X[..., :1]).sha256
        np.testing.assert_array_equal(images.train_labels, Y[hold_out(20)[0]])
    rows = pd.DataFrame({"emotion": Y, "pixels": [" ".join(map(str, row)) for row in pixels], "Usage": "Training"})
    rows.to_csv(path, index=False)
    assert load_images(path).sha256 == images.sha256
    for content in ("a,b\n1,2\n", "", "image,label\nx.png,1\n", "\0"):
        path.write_text(content)
        with refused(naming="train.csv"):
            load_images(path)


def test_tables_of_pictures(folder, monkeypatch):
    (folder / "x.parquet").write_bytes(b"PAR1")
    contents = [png() for _ in range(12)]
    for column in (contents, [{"bytes": one, "path": None} for one in contents]):
        table = pd.DataFrame({"image": column, "label": np.arange(12) % 3})
        monkeypatch.setattr(pd, "read_parquet", lambda path, table=table: table)
        images = load_images(folder / "x.parquet")
        assert (len(everything(images)), images.classes) == (12, ("0", "1", "2"))
    monkeypatch.setattr(pd, "read_parquet", lambda path: pd.DataFrame({"text": ["a"]}))
    with refused(naming="text"):
        load_images(folder / "x.parquet")

    def none_here(path):
        raise ImportError

    monkeypatch.setattr(pd, "read_parquet", none_here)
    with refused(naming="pyarrow"):
        load_images(folder / "x.parquet")


@pytest.mark.parametrize(
    "wrong",
    [
        {"fit": "squash"}, {"frames": 2}, {"background": "octarine"}, {"value_range": 255}, {"value_range": (1, 0)},
        {"image_size": (64, 4)}, {"image_size": (64, 64, 3)},
    ],
    ids=repr,
)  # fmt: skip
def test_wrong_options_are_refused_by_name(folder, wrong):
    with refused(naming=next(iter(wrong))):
        load_images(folder, **wrong)
    with refused(naming="fit"):
        load_images("mnist", fit="crop")
