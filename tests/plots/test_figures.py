import io
import itertools

import matplotlib
import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest
from keras import ops
from matplotlib.image import AxesImage
from PIL import Image

import wgan_utils
from tests.refused import refused
from wgan_utils.metrics.correlation import default_window
from wgan_utils.pixels import enlarge, image_grid, to_pixels
from wgan_utils.plots import curves, points, style
from wgan_utils.plots import images as image_plots
from wgan_utils.training.run import History

CAPTION = "A caption of some length, which has to be broken into several lines to stay within its figure. " * 3
# The package's __init__ imports Keras, which takes seconds and draws nothing.
WITHOUT_KERAS = (
    "import sys, types\n"
    "sys.modules['wgan_utils'] = types.ModuleType('wgan_utils')\n"
    f"sys.modules['wgan_utils'].__path__ = {list(wgan_utils.__path__)}\n"
)
NOTE = "The images are stand-ins, drawn by program."


@pytest.fixture
def digits():
    """Twenty noise images of MNIST's shape."""
    return np.random.default_rng(0).integers(0, 256, (20, 28, 28, 1), np.uint8)


def wgan_history(rows, seed=0):
    """Curves that drift, with noise, and a falling estimate."""
    rng = np.random.default_rng(seed)
    step = np.arange(1, rows + 1)
    estimate = 1 + np.exp(-step / rows * 5) + rng.normal(0, 0.1, rows)
    drift = -step / rows * 20
    return {
        "step": step,
        "real_score": drift + estimate,
        "fake_score": drift,
        "generator_loss": -drift,
        "critic_loss": -estimate,
    }


def gan_history(rows):
    rng = np.random.default_rng(1)
    names = ["discriminator_loss", "generator_loss", "real_accuracy", "fake_accuracy"]
    return {"step": np.arange(rows), **{name: rng.uniform(size=rows) for name in names}}


def rendered(figure):
    """The figure's pixels, (height, width, 3)."""
    file = io.BytesIO()
    figure.savefig(file, dpi=style.DPI)
    return np.asarray(Image.open(file))[..., :3]


def every_figure(digits, caption, note):
    """One figure of each kind."""
    words = {"caption": caption, "note": note}
    frame = image_grid(digits, 5)
    rng = np.random.default_rng(2)
    return {
        "images": image_plots.plot_images(digits, **words),
        "one image": image_plots.plot_images(digits[:1], titles=["a title too long for one small image"], **words),
        "over time": image_plots.plot_samples_over_time([frame] * 7, [0, 1, 2, 3, 4, 5, 6000], **words),
        "walks": image_plots.plot_interpolation(digits.reshape(2, 10, 28, 28, 1), **words),
        "neighbours": image_plots.plot_neighbours(
            digits[:5], digits[5:].reshape(5, 3, 28, 28, 1), rng.uniform(0, 9, (5, 3)), **words
        ),
        "losses": curves.plot_losses(wgan_history(400), **words),
        "penalty": curves.plot_losses({**wgan_history(400), "gradient_penalty": np.ones(400)}, **words),
        "gan": curves.plot_losses(gan_history(60), **words),
    }


# Pixels


def test_floats_are_the_inverse_of_the_scaling_to_tanh_range():
    every_value = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    for dtype in (np.float32, np.float64):
        np.testing.assert_array_equal(to_pixels((every_value / 127.5 - 1).astype(dtype)), every_value)
    assert to_pixels(every_value) is every_value


def test_floats_of_mixed_precision_become_pixels():
    images = ops.reshape(ops.convert_to_tensor([-1.0, 0.0, 1.0], dtype="bfloat16"), (3, 1, 1, 1))
    assert to_pixels(ops.convert_to_numpy(images)).ravel().tolist() == [0, 128, 255]


@pytest.mark.parametrize(
    "images",
    [
        np.full((1, 4, 4, 1), 255.0),
        np.full((1, 4, 4, 1), -1.1),
        np.full((1, 4, 4, 1), np.nan),
        np.zeros((1, 4, 4, 1), np.int64),
        np.zeros((1, 4, 4, 1), bool),
        np.zeros((4, 4, 1), np.uint8),
        np.zeros((1, 4, 4, 2), np.uint8),
        np.zeros((0, 4, 4, 1), np.uint8),
    ],
)
def test_what_is_no_image_is_refused(images):
    with refused():
        to_pixels(images)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("number", "columns", "gap"), [(6, 3, 2), (7, 3, 0), (2, 5, 1), (1, 1, 4)])
def test_a_grid_holds_each_image_in_its_place_and_background_elsewhere(channels, number, columns, gap):
    images = np.random.default_rng(0).integers(0, 200, (number, 4, 5, channels), np.uint8)
    rows = -(-number // columns)
    expected = np.full((rows * (4 + gap) - gap, columns * (5 + gap) - gap, channels), 201, np.uint8)
    for index in range(number):
        top, left = index // columns * (4 + gap), index % columns * (5 + gap)
        expected[top : top + 4, left : left + 5] = images[index]
    grid = image_grid(images, columns, gap, background=201)
    np.testing.assert_array_equal(grid, expected if channels == 3 else expected[..., 0])
    assert Image.fromarray(grid).size == (expected.shape[1], expected.shape[0])


@pytest.mark.parametrize("wrong", [{"columns": 0}, {"columns": 2, "gap": -1}])
def test_a_grid_needs_columns_and_no_negative_gap(digits, wrong):
    with refused():
        image_grid(digits, **wrong)


# Figures of images


@pytest.mark.parametrize("invert", [False, True])
def test_images_are_drawn_pixel_for_pixel(digits, invert):
    pixels = rendered(image_plots.plot_images(digits, columns=7, caption=CAPTION, invert=invert))
    expected = 255 - digits if invert else digits
    gap = 225 if invert else 255  # white drawings need edges
    grid = image_grid(enlarge(expected, 3), 7, background=gap)  # 28 × 3 comes nearest to a tile's size
    np.testing.assert_array_equal(pixels[: grid.shape[0], : grid.shape[1]], np.stack([grid] * 3, axis=-1))


def test_a_gap_sets_pictures_apart(digits):
    close, apart = (rendered(image_plots.plot_images(digits[:4], columns=4, gap=gap)) for gap in (2, 14))
    assert apart.shape[1] == close.shape[1] + 3 * 12


def test_tanh_output_and_colour_are_drawn_alike():
    colours = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
    drawn = rendered(image_plots.plot_images(colours, columns=2))
    np.testing.assert_array_equal(drawn, image_grid(enlarge(colours, 3), 2))
    np.testing.assert_array_equal(rendered(image_plots.plot_images(colours / 127.5 - 1, columns=2)), drawn)


def test_wide_pictures_are_shrunk_to_the_page_and_keep_their_aspect(digits):
    frame = image_grid(np.tile(digits, (5, 1, 1, 1)), 10)
    figure = image_plots.plot_samples_over_time([frame] * 5, range(5))
    height, width, _ = rendered(figure).shape
    assert width == 840
    shown = (840 - 4 * 12) / 5
    assert height == pytest.approx(shown + image_plots.STRIP, abs=2)


def test_rows_of_samples_over_time_are_filled_in_order(digits):
    frames = [np.full((96, 96), grey, np.uint8) for grey in (0, 50, 100, 150)]
    figure = image_plots.plot_samples_over_time(frames, [0, 10, 100, 1000], rows=2)
    pixels = rendered(figure)
    first, second = 18 + 48, 18 + 96 + 12 + 18 + 48
    centres = [pixels[y, x, 0] for y in (first, second) for x in (48, 96 + 12 + 48)]
    assert centres == [0, 50, 100, 150]
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "step 0",
        "step 10",
        "step 100",
        "step 1,000",
    ]


def test_neighbours_stand_under_their_sample_with_their_distance():
    samples = np.full((3, 32, 32, 1), 10, np.uint8)
    neighbours = np.arange(6, dtype=np.uint8).reshape(3, 2, 1, 1, 1) * 20 + np.zeros((32, 32, 1), np.uint8)
    distances = np.array([[1, 2], [3, 4], [5, 6.789]])
    figure = image_plots.plot_neighbours(samples, neighbours, distances)
    pixels = rendered(figure)
    labels = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
    assert list(labels)[-3:] == ["generated", "nearest", "2nd nearest"]
    left = pixels.shape[1] - figure.axes[0].get_xlim()[1]
    for sample in range(3):
        for rank in range(2):
            x, y = labels[f"{distances[sample, rank]:#.3g}"]
            # the distance is centred under the picture it belongs to
            assert pixels[round(y) - 60, round(left + x), 0] == neighbours[sample, rank, 0, 0, 0]


def test_rows_of_neighbours_may_have_names_of_their_own(digits):
    arguments = digits[:2], digits[:6].reshape(2, 3, 28, 28, 1), np.ones((2, 3))
    figure = image_plots.plot_neighbours(*arguments, names=["by L1", "by L2", "by features"])
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert shown[-4:] == ["generated", "by L1", "by L2", "by features"]
    with refused():
        image_plots.plot_neighbours(*arguments, names=["by L1"])


@pytest.mark.parametrize(
    "draw",
    [
        lambda images: image_plots.plot_images(images, titles=["one"]),
        lambda images: image_plots.plot_images(images, columns=0),
        lambda images: image_plots.plot_images(images.repeat(3, axis=3), invert=True),
        lambda images: image_plots.plot_interpolation(images),
        lambda images: image_plots.plot_samples_over_time([images[0], images[0, :9]], [1, 2]),
        lambda images: image_plots.plot_samples_over_time([images[0] / 255.0], [1]),
        lambda images: image_plots.plot_samples_over_time([], []),
        lambda images: image_plots.plot_samples_over_time(images, [1]),
        lambda images: image_plots.plot_samples_over_time(images, range(20), rows=0),
        lambda images: image_plots.plot_neighbours(images, images[None], np.ones((20, 2))),
    ],
)
def test_wrong_arguments_are_named(digits, draw):
    with refused():
        draw(digits)


# House style


@pytest.mark.parametrize("caption", [CAPTION, f"5 $ and 6 $, _^\\ {'W' * 300} a/path/without/any/space" * 2])
def test_captions_are_whole_inside_the_figure_and_below_everything_else(digits, caption):
    for name, figure in every_figure(digits, caption, NOTE).items():
        figure.draw_without_rendering()
        (text,) = figure.texts
        whole = "".join(text.get_text().split())
        assert whole.startswith("".join(caption.split())), name
        assert whole.endswith("".join(NOTE.split())), name
        box = text.get_window_extent()
        width, height = figure.get_size_inches() * style.DPI
        assert box.x0 >= 0 <= box.y0, name
        assert box.x1 <= width, name
        lowest = min(axes.get_tightbbox().y0 for axes in figure.axes)
        assert box.y1 < lowest, name
        assert max(axes.get_tightbbox().y1 for axes in figure.axes) <= height + 0.5, name
        assert max(axes.get_tightbbox().x1 for axes in figure.axes) <= width + 0.5, name


def test_without_caption_and_note_there_is_no_room_for_them(digits):
    figure = image_plots.plot_images(digits)
    assert figure.texts[0].get_text() == ""
    assert rendered(figure).shape[:2] == image_grid(enlarge(digits, 2), 10).shape


def test_figures_leave_nothing_behind(digits, monkeypatch):
    monkeypatch.setitem(matplotlib.rcParams, "axes.facecolor", "red")
    before = dict(matplotlib.rcParams)
    figures_made = every_figure(digits, CAPTION, NOTE)
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before
    for name, figure in figures_made.items():
        assert isinstance(figure, matplotlib.figure.Figure), name
        assert figure.axes[0].get_facecolor() == (1, 1, 1, 1), name  # whatever the reader has set
        assert figure.get_figwidth() <= style.WIDTH + 0.02, name


def test_wrapping_uses_the_width_there_is():
    lines = style.wrapped(CAPTION, 400)
    assert " ".join(lines) == CAPTION.strip()
    assert max(map(style.text_width, lines)) <= 400
    longest = [f"{line} {following.split()[0]}" for line, following in itertools.pairwise(lines)]
    assert np.median([style.text_width(line) for line in longest]) > 370


# Curves


def drawn(axes):
    """The data of the curves in some axes, by colour: faint ones, then bold."""
    return [line.get_ydata() for line in axes.lines[1:]]


def test_wgan_panels_show_the_columns_and_their_difference():
    history = wgan_history(30)
    figure = curves.plot_losses(history, smooth=1)
    scores, estimate, generator = figure.axes
    np.testing.assert_array_equal(drawn(scores), [history["real_score"], history["fake_score"]])
    np.testing.assert_allclose(drawn(estimate), [history["real_score"] - history["fake_score"]])
    np.testing.assert_array_equal(drawn(generator), [history["generator_loss"]])
    assert [text.get_text() for text in scores.get_legend().get_texts()] == ["real", "generated"]
    assert scores.get_xlabel() == "step (one generator update)"
    assert estimate.get_ylim()[0] < 0  # the distance that training aims for is in view


def test_a_penalty_gets_a_fourth_panel():
    history = {**wgan_history(30), "gradient_penalty": np.arange(30.0)}
    figure = curves.plot_losses(history)
    assert [axes.get_title(loc="left") for axes in figure.axes][-1] == "gradient penalty"
    np.testing.assert_array_equal(drawn(figure.axes[3]), [np.arange(30.0)])


def test_a_vanilla_gan_shows_losses_and_accuracies():
    history = gan_history(20)
    losses, accuracies = curves.plot_losses(history).axes
    np.testing.assert_array_equal(drawn(losses), [history["discriminator_loss"], history["generator_loss"]])
    np.testing.assert_array_equal(drawn(accuracies), [history["real_accuracy"], history["fake_accuracy"]])
    low, high = accuracies.get_ylim()
    assert low < 0
    assert high > 1
    assert accuracies.lines[0].get_ydata()[0] == 0.5


@pytest.mark.parametrize(("rows", "smooth", "window"), [(400, None, 21), (6000, None, 101), (50, 7, 7)])
def test_the_bold_curve_is_the_running_median(rows, smooth, window):
    history = wgan_history(rows)
    figure = curves.plot_losses(history, smooth=smooth)
    raw, bold = drawn(figure.axes[1])
    np.testing.assert_allclose(raw, history["real_score"] - history["fake_score"])
    half = window // 2
    for index in (half, rows // 2, rows - 1 - half):
        assert bold[index] == np.median(raw[index - half : index + half + 1])
    assert bold[0] == np.median(np.concatenate([raw[:half], raw[: half + 1]]))  # mirrored at the end
    assert f"running median of {window} rows" in figure.texts[0].get_text().replace("\n", " ")


def test_a_single_spike_neither_bends_the_median_nor_flattens_the_panel_and_is_counted():
    history = wgan_history(400)
    history["generator_loss"][[0, 200]] = 1e4
    figure = curves.plot_losses(history)
    assert max(drawn(figure.axes[2])[1]) < 30
    assert figure.axes[2].get_ylim()[1] < 30
    assert "cut off (2 in all)" in figure.texts[0].get_text().replace("\n", " ")
    assert "cut off" not in curves.plot_losses(wgan_history(400)).texts[0].get_text()


def test_a_lasting_rise_is_never_cut_off():
    history = wgan_history(400)
    history["generator_loss"] = np.where(np.arange(400) < 30, 1e4, 1.0)
    figure = curves.plot_losses(history)
    assert figure.axes[2].get_ylim()[1] > 1e4


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_few_rows_are_marked_points(rows):
    (line,) = curves.plot_losses(wgan_history(rows)).axes[2].lines[1:]
    assert line.get_marker() == "o"
    assert len(line.get_ydata()) == rows


def test_values_that_are_not_numbers_leave_a_gap_in_no_one_elses_curve():
    history = wgan_history(60)
    history["generator_loss"][50:] = np.nan
    figure = curves.plot_losses(history, smooth=3)
    assert len(drawn(figure.axes[2])[0]) == 50
    assert np.isfinite(drawn(figure.axes[2])[1]).all()
    assert len(drawn(figure.axes[0])[0]) == 60


def test_a_constant_curve_has_an_axis_too():
    history = {**wgan_history(5), "generator_loss": np.zeros(5)}
    low, high = curves.plot_losses(history).axes[2].get_ylim()
    assert low < 0 < high


def test_a_runs_own_note_is_said():
    history = History(wgan_history(5), note=NOTE)
    assert curves.plot_losses(history).texts[0].get_text() == NOTE
    assert curves.plot_losses(history, note="Other.").texts[0].get_text() == "Other."


@pytest.mark.parametrize(
    "history",
    [
        {},
        {"step": [], "real_score": [], "fake_score": []},
        {"step": [1, 2], "seconds": [1, 2]},
        {"real_score": [1], "fake_score": [2]},
        {"step": [1, 2], "real_score": [1], "fake_score": [1]},
    ],
)
def test_a_history_without_curves_is_refused(history):
    with refused():
        curves.plot_losses(history)


@pytest.mark.parametrize("smooth", [0, -1, 2])
def test_the_median_needs_an_odd_number_of_rows(smooth):
    with refused():
        curves.plot_losses(wgan_history(5), smooth=smooth)


def test_default_windows_are_odd_and_bounded():
    windows = [default_window({"step": np.zeros(rows)}) for rows in range(0, 6000, 7)]
    assert {window % 2 for window in windows} == {1}
    assert (min(windows), max(windows)) == (1, 101)


# A run while it trains


class RunStub:
    note = NOTE
    invert = False

    def __init__(self, history, samples):
        self.history = lambda: history
        self.samples = lambda: samples


def test_training_is_drawn_from_the_first_moment_on(tmp_path, digits):
    for history, samples in (({}, []), (wgan_history(1), []), (gan_history(50), [(0, tmp_path / "a.png")])):
        if samples:
            Image.fromarray(image_grid(digits, 5)).save(samples[0][1])
        figure = curves.plot_training(RunStub(history, samples), "step 7 of 9")
        rendered(figure)
        assert figure.texts[0].get_text() == f"step 7 of 9 {NOTE}"
    picture, losses, _ = figure.axes
    (image,) = picture.findobj(AxesImage)
    np.testing.assert_array_equal(image.get_array(), image_grid(digits, 5))
    assert losses.get_title(loc="left") == "losses"


# In a notebook


def test_a_notebook_shows_each_figure_once_and_still_shows_the_readers_own(monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a kernel chooses its own
    cells = [
        WITHOUT_KERAS + "import numpy as np\nfrom wgan_utils.plots import images\nx = np.zeros((4, 8, 8, 1), np.uint8)",
        "images.plot_images(x, caption='the value of a cell')",
        "figure = images.plot_images(x)",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('own');",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    shown = [[output.output_type for output in cell.outputs] for cell in notebook.cells[1:]]
    assert shown == [["execute_result"], [], ["display_data"]]
    assert "image/png" in notebook.cells[1].outputs[0].data


def test_a_picture_of_points_has_each_where_it_belongs():
    picture = points.points_picture(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), side=130)
    assert (picture.shape, picture.dtype) == ((130, 130, 3), np.uint8)
    assert tuple(picture[65, 115]) == (0xD5, 0x5E, 0x00)  # right of the middle, a generated point
    assert tuple(picture[15, 65]) == (0xD5, 0x5E, 0x00)  # above the middle, a generated point on the real one
    assert tuple(picture[65, 15]) == (255, 255, 255)
