import numpy as np
import pytest
from PIL import Image

from tests.refused import refused
from wgan_utils.pixels import enlarge
from wgan_utils.plots.images import make_gif
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


@pytest.mark.parametrize(("shape", "levels"), [((60, 90), 256), ((60, 90, 3), 3)])  # of colours few, to be merged
def test_pixels_are_enlarged_exactly_and_stand_above_a_label_on_white(tmp_path, shape, levels):
    frames = noise_frames(4, shape, levels)
    shown, _, _ = decoded(make_gif(frames, tmp_path / "a.gif", scale=3))
    for (_, picture), frame in zip(frames, shown, strict=True):
        np.testing.assert_array_equal(frame[:180, :270], enlarge(np.atleast_3d(picture), 3) + np.zeros(3, np.uint8))
        strip = frame[180:]
        assert (strip[[0, -1]] == 255).all()
        assert len(strip) >= 15
        assert strip.min() < 60


@pytest.mark.parametrize(("fps", "milliseconds"), [(2, 500), (3, 330), (50, 20), (0.25, 4000)])
@pytest.mark.parametrize("number", [1, 4])
def test_frames_last_as_asked_and_the_last_three_seconds_at_least(tmp_path, fps, milliseconds, number):
    _, durations, loop = decoded(make_gif(noise_frames(number, (8, 60)), tmp_path / "a.gif", fps=fps))
    assert durations == [milliseconds] * (number - 1) + [max(3000, milliseconds)]
    assert loop == 0  # for ever


@pytest.mark.parametrize("invert", [False, True])
def test_a_run_gives_its_samples_and_takes_the_gif_into_its_folder(tmp_path, invert):
    run = Run(tmp_path / "lesson" / "cpu")
    run.write_config({"setup": {}, "data": {"invert": invert}})
    for step in (0, 5, 1200):
        run.save_samples(step, np.full((50, 100), step % 256, np.uint8))
    path = make_gif(run)
    assert path == run.folder / "training.gif"
    greys = [0, 5, 1200 % 256]
    assert [frame[0, 0, 0] for frame in decoded(path)[0]] == [255 - grey if invert else grey for grey in greys]
    assert make_gif(run, tmp_path / "other.gif").exists()


@pytest.mark.parametrize("shape", [(100, 100), (100, 100, 3)])
def test_a_small_budget_is_kept_and_the_first_and_last_frame_stay(tmp_path, shape):
    frames = [("first", np.zeros(shape, np.uint8)), *noise_frames(28, shape), ("last", np.full(shape, 255, np.uint8))]
    sizes = []
    for budget in (1_000_000, 250_000, 100_000, 30_000):
        path = make_gif(frames, tmp_path / "a.gif", max_bytes=budget)
        sizes.append(path.stat().st_size)
        shown, _, _ = decoded(path)
        assert sizes[-1] <= budget
        assert shown[0][:20, :20].max() <= 4
        assert shown[-1][:20, :20].min() >= 251
    assert sizes == sorted(sizes, reverse=True)
    with refused(naming="500"):
        make_gif(frames, tmp_path / "a.gif", max_bytes=500)


@pytest.mark.parametrize(
    ("shapes", "options"),
    [
        ([], {}),
        ([(4, 4, 4)], {}),
        ([(4, 4), (4, 5)], {}),
        *(([(4, 4)], options) for options in ({"path": "a.png"}, {"path": None}, {"fps": 0}, {"scale": 1.5})),
    ],
)
def test_wrong_arguments_are_refused(tmp_path, monkeypatch, shapes, options):
    monkeypatch.chdir(tmp_path)
    with refused():
        make_gif([("a", np.zeros(shape, np.uint8)) for shape in shapes], **{"path": "a.gif", **options})
    with refused():
        make_gif([("a", np.zeros((4, 4)))], "a.gif")
    assert list(tmp_path.iterdir()) == []
