import base64
import re

import numpy as np
import pytest
from PIL import Image

from tests.refused import refused
from wgan_utils.pixels import enlarge, image_grid
from wgan_utils.plots import gifs
from wgan_utils.plots.gifs import make_gif, show_gif
from wgan_utils.training.run import Run


def noise_frames(number, shape=(60, 90), levels=256, seed=0):
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, levels, (number, *shape)) * (255 // (levels - 1))
    return [(f"step {index}", picture.astype(np.uint8)) for index, picture in enumerate(pictures)]


def decoded(path):
    """The frames as RGB arrays, their durations in milliseconds, and how often the GIF loops."""
    with Image.open(path) as gif:
        frames, durations = [], []
        for index in range(gif.n_frames):
            gif.seek(index)
            frames.append(np.asarray(gif.convert("RGB")))
            durations.append(gif.info["duration"])
        return frames, durations, gif.info["loop"]


@pytest.mark.parametrize("shape", [(60, 90), (60, 90, 3)])
def test_pixels_are_enlarged_exactly_and_stand_above_a_white_strip(tmp_path, shape):
    frames = noise_frames(4, shape, levels=4)  # 64 colours at most, so that none has to be merged
    decoded_frames, _, _ = decoded(make_gif(frames, tmp_path / "a.gif", scale=3))
    for (_, picture), shown in zip(frames, decoded_frames, strict=True):
        expected = enlarge(np.atleast_3d(picture), 3) + np.zeros(3, np.uint8)
        np.testing.assert_array_equal(shown[:180, :270], expected)
        strip = shown[180:]
        assert len(strip) >= 15
        assert (strip[[0, -1]] == 255).all()
        assert strip.min() < 60  # the label


def test_every_label_is_another_and_whole(tmp_path):
    black = np.zeros((4, 4), np.uint8)
    labels = ["i", "step 1,000,000 of a label that is wider than its picture"]
    (short, long), _, _ = decoded(make_gif([(label, black) for label in labels], tmp_path / "a.gif", scale=1))
    assert short.shape == long.shape
    inked = [np.flatnonzero((strip[4:] < 128).any(axis=(0, 2))) for strip in (short, long)]
    assert inked[0].max() < 8
    assert short.shape[1] - 4 <= inked[1].max() < short.shape[1]


@pytest.mark.parametrize(("fps", "milliseconds"), [(2, 500), (3, 330), (50, 20), (0.25, 4000)])
def test_frames_last_as_asked_and_the_last_three_seconds_at_least(tmp_path, fps, milliseconds):
    _, durations, loop = decoded(make_gif(noise_frames(4, (8, 60)), tmp_path / "a.gif", fps=fps))
    assert durations == [milliseconds] * 3 + [max(3000, milliseconds)]
    assert loop == 0  # for ever


def test_one_frame_is_a_gif_too(tmp_path):
    frames, durations, _ = decoded(make_gif(noise_frames(1), tmp_path / "a.gif"))
    assert len(frames) == 1
    assert durations == [3000]


def test_a_run_gives_its_samples_and_takes_the_gif_into_its_folder(tmp_path):
    run = Run(tmp_path / "lesson" / "cpu")
    for step in (0, 5, 1200):
        run.save_samples(step, np.full((50, 100), step % 256, np.uint8))
    path = make_gif(run)
    assert path == run.folder / "training.gif"
    frames, _, _ = decoded(path)
    assert [frame[0, 0, 0] for frame in frames] == [0, 5, 1200 % 256]
    assert make_gif(run, tmp_path / "other.gif").exists()


def test_a_hundred_digits_in_26_frames_stay_under_a_megabyte_with_every_frame_and_grey(tmp_path):
    rng = np.random.default_rng(0)
    strokes = rng.uniform(size=(2600, 28, 28, 1)) < 0.1  # a fifth of a digit's pixels are neither black nor white
    digits = np.where(strokes, rng.integers(0, 256, strokes.shape), 0).astype(np.uint8)
    frames = [(f"step {step}", image_grid(part, 10)) for step, part in enumerate(np.split(digits, 26))]
    path = make_gif(frames, tmp_path / "a.gif")
    assert path.stat().st_size < 1_000_000
    shown, _, _ = decoded(path)
    assert len(shown) == 26
    scale = shown[0].shape[1] // 298
    np.testing.assert_array_equal(shown[7][: 298 * scale : scale, : 298 * scale : scale, 0], frames[7][1])


@pytest.mark.parametrize("shape", [(100, 100), (100, 100, 3)])
def test_a_small_budget_is_kept_and_the_first_and_last_frame_stay(tmp_path, shape):
    frames = noise_frames(30, shape)
    frames[0] = ("first", np.zeros(shape, np.uint8))
    frames[-1] = ("last", np.full(shape, 255, np.uint8))
    sizes = []
    for budget in (1_000_000, 250_000, 100_000, 15_000):
        path = make_gif(frames, tmp_path / "a.gif", max_bytes=budget)
        sizes.append(path.stat().st_size)
        shown, _, _ = decoded(path)
        assert sizes[-1] <= budget
        assert shown[0][:40, :40].max() == 0
        assert shown[-1][:40, :40].min() == 255
    assert sizes == sorted(sizes, reverse=True)
    with pytest.raises(ValueError, match="500"):
        make_gif(frames, tmp_path / "a.gif", max_bytes=500)


@pytest.mark.parametrize("shape", [(100, 100), (100, 100, 3)])
def test_frames_and_colours_go_before_the_pictures_are_halved(tmp_path, shape):
    frames = noise_frames(30, shape)
    eight = make_gif(frames[:8], tmp_path / "eight.gif", scale=1).stat().st_size
    # Noise of 16 colours takes half the bytes of noise of 256.
    shown, _, _ = decoded(make_gif(frames, tmp_path / "a.gif", max_bytes=eight * 2 // 3))
    assert 8 <= len(shown) < 30
    assert shown[0].shape[1] == 100


def test_greys_are_merged_evenly_and_never_dithered():
    frame = ("", np.tile(np.arange(256, dtype=np.uint8), (20, 1)))
    drawn = np.asarray(gifs._drawn(frame, 1, gifs._recolouring([frame], 64)))[:20]
    assert (drawn == drawn[0]).all()
    levels = drawn[0].astype(int)
    assert len(np.unique(levels)) == 64
    assert (levels[0], levels[-1]) == (0, 255)
    assert np.abs(levels - np.arange(256)).max() <= 2


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = make_gif(noise_frames(3), tmp_path / "a.gif")
    before = path.read_bytes()

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError):
        make_gif(noise_frames(3, seed=1), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("frames", "options"),
    [
        ([], {}),
        ([("a", np.zeros((4, 4)))], {}),
        ([("a", np.zeros((4, 4, 4), np.uint8))], {}),
        ([("a", np.zeros((4, 4), np.uint8)), ("b", np.zeros((4, 5), np.uint8))], {}),
        ([("a", np.zeros((0, 4), np.uint8))], {}),
        (noise_frames(1), {"path": "a.png"}),
        (noise_frames(1), {"path": None}),
        (noise_frames(1), {"fps": 0}),
        (noise_frames(1), {"fps": float("nan")}),
        (noise_frames(1), {"scale": 0}),
        (noise_frames(1), {"scale": 1.5}),
    ],
)
def test_wrong_arguments_are_named(tmp_path, monkeypatch, frames, options):
    monkeypatch.chdir(tmp_path)
    with refused():
        make_gif(frames, **{"path": "a.gif", **options})
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_samples_says_what_to_do(tmp_path):
    with refused():
        make_gif(Run(tmp_path / "none"))


def test_a_shown_gif_is_the_file_itself_with_caption_and_alternative_text(tmp_path):
    path = make_gif(noise_frames(3, (60, 140)), tmp_path / "a.gif")
    page = show_gif(path, caption='Sevens & "others" <b>').data
    assert base64.b64decode(re.search(r"data:image/gif;base64,([^\"]+)\"", page)[1]) == path.read_bytes()
    assert 'width="560"' in page  # twice the GIF's own 280
    escaped = "Sevens &amp; &quot;others&quot; &lt;b&gt;"
    assert f'alt="{escaped}"' in page
    assert f"<p>{escaped}</p>" in page
    assert "<p>" not in show_gif(path).data
    assert 'alt="Animation' in show_gif(path).data


def test_only_gifs_are_shown(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(ValueError, match=r"a\.gif"):
        show_gif(tmp_path / "a.gif")
    with pytest.raises(FileNotFoundError):
        show_gif(tmp_path / "b.gif")


def test_drawings_are_animated_dark_on_light(tmp_path):
    run = Run(tmp_path / "run")
    run.write_config({"setup": {}, "data": {"invert": True}})
    run.save_samples(0, np.full((50, 100), 0, np.uint8))
    run.save_samples(1, np.full((50, 100), 255, np.uint8))
    with Image.open(make_gif(run)) as gif:
        first = np.asarray(gif.convert("L"))[:50]
        gif.seek(1)
        last = np.asarray(gif.convert("L"))[:50]
    assert first.min() == 255
    assert last.max() == 0
