import io
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest
from PIL import Image

import wgan_utils
from tests.refused import refused
from wgan_utils.labs.figures import plot_batch_sensitivity, plot_double_cone, plot_lines
from wgan_utils.pixels import enlarge, image_grid, to_pixels
from wgan_utils.plots import curves, style
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
DIGITS = np.random.default_rng(0).integers(0, 256, (20, 28, 28, 1), np.uint8)  # noise of MNIST's shape


def wgan_history(rows):
    """Curves that drift, with noise, and a falling estimate."""
    step = np.arange(1, rows + 1)
    estimate = 1 + np.exp(-step / rows * 5) + np.random.default_rng(0).normal(0, 0.1, rows)
    drift = -step / rows * 20
    scores = {"real_score": drift + estimate, "fake_score": drift}
    return {"step": step, **scores, "generator_loss": -drift, "critic_loss": -estimate}


def gan_history(rows):
    rng = np.random.default_rng(1)
    names = ["discriminator_loss", "generator_loss", "real_accuracy", "fake_accuracy"]
    return {"step": np.arange(rows), **{name: rng.uniform(size=rows) for name in names}}


def rendered(figure):
    """The figure's pixels, (height, width, 3)."""
    file = io.BytesIO()
    figure.savefig(file, dpi=style.DPI)
    return np.asarray(Image.open(file))[..., :3]


NEIGHBOURS = DIGITS[:5], DIGITS[5:].reshape(5, 3, 28, 28, 1), np.ones((5, 3))
FIGURES = {
    "images": lambda **words: image_plots.plot_images(DIGITS, **words),
    "one image": lambda **words: image_plots.plot_images(DIGITS[:1], titles=["a title too long for it"], **words),
    "over time": lambda **words: image_plots.plot_samples_over_time([image_grid(DIGITS, 5)] * 7, range(7), **words),
    "neighbours": lambda **words: image_plots.plot_neighbours(*NEIGHBOURS, **words),
    "losses": lambda **words: curves.plot_losses({**wgan_history(60), "gradient_penalty": np.ones(60)}, **words),
    "gan": lambda **words: curves.plot_losses(gan_history(60), **words),
}

# Pixels


def test_floats_are_the_inverse_of_the_scaling_to_tanh_range():
    every_value = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    np.testing.assert_array_equal(to_pixels((every_value / 127.5 - 1).astype(np.float32)), every_value)
    assert to_pixels(every_value) is every_value


@pytest.mark.parametrize(
    "draw",
    [
        lambda: to_pixels(np.full((1, 4, 4, 1), 255.0)),
        lambda: to_pixels(np.full((1, 4, 4, 1), np.nan)),
        lambda: to_pixels(np.zeros((1, 4, 4, 1), np.int64)),
        lambda: to_pixels(np.zeros((4, 4, 1), np.uint8)),
        lambda: to_pixels(np.zeros((0, 4, 4, 1), np.uint8)),
        lambda: image_plots.plot_images(DIGITS, titles=["one"]),
        lambda: image_plots.plot_images(DIGITS[:2], columns=0),
        lambda: image_plots.plot_samples_over_time(DIGITS, [1]),
        lambda: curves.plot_losses({"step": [], "real_score": [], "fake_score": []}),
        lambda: curves.plot_losses({"real_score": [1], "fake_score": [2]}),
    ],
)
def test_what_is_no_image_or_no_curve_is_refused(draw):
    with refused():
        draw()


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


# Figures of images


COLOURS = np.random.default_rng(0).integers(0, 256, (20, 28, 28, 3), np.uint8)


@pytest.mark.parametrize(
    ("images", "pixels", "invert"),
    [(DIGITS, DIGITS, False), (DIGITS, 255 - DIGITS, True), (COLOURS / 127.5 - 1, COLOURS, False)],
)
def test_images_are_drawn_pixel_for_pixel(images, pixels, invert):
    drawn = rendered(image_plots.plot_images(images, columns=7, caption=CAPTION, invert=invert))
    gap = 225 if invert else 255  # white drawings need edges
    grid = np.atleast_3d(image_grid(enlarge(pixels, 3), 7, background=gap))  # 28 × 3 comes nearest to a tile's size
    np.testing.assert_array_equal(drawn[: grid.shape[0], : grid.shape[1]], grid + np.zeros(3, np.uint8))


def shown(axes):
    """Each picture's first pixel and title, in order."""
    return [(one.images[0].get_array().flat[0], one.get_title()) for one in axes]


def test_samples_over_time_stand_in_order_under_their_steps_within_the_page():
    frames = [np.full((500, 600), grey, np.uint8) for grey in (0, 50, 100, 150)]
    figure = image_plots.plot_samples_over_time(frames, [0, 10, 100, 1000], rows=2)
    titles = ["step 0", "step 10", "step 100", "step 1,000"]
    assert shown(figure.axes) == list(zip((0, 50, 100, 150), titles, strict=True))
    assert figure.get_figwidth() <= style.WIDTH


def test_neighbours_stand_under_their_sample_with_their_distance():
    samples = np.full((3, 32, 32, 1), 10, np.uint8)
    neighbours = np.arange(6, dtype=np.uint8).reshape(3, 2, 1, 1, 1) * 20 + np.zeros((32, 32, 1), np.uint8)
    figure = image_plots.plot_neighbours(samples, neighbours, np.array([[1, 2], [3, 4], [5, 6.789]]))
    assert [axes.get_ylabel() for axes in figure.axes[::3]] == ["generated", "nearest", "nearest"]
    assert shown(figure.axes[:3]) == [(10, "")] * 3
    assert shown(figure.axes[3:6]) == [(0, "1.00"), (40, "3.00"), (80, "5.00")]
    assert shown(figure.axes[6:]) == [(20, "2.00"), (60, "4.00"), (100, "6.79")]


# House style


@pytest.mark.parametrize("name", FIGURES)
def test_caption_and_note_are_whole_and_below_everything_else_and_nothing_is_left_behind(name, monkeypatch):
    monkeypatch.setitem(matplotlib.rcParams, "axes.facecolor", "red")
    before = dict(matplotlib.rcParams)
    figure = FIGURES[name](caption=CAPTION, note=NOTE)
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before
    assert figure.axes[0].get_facecolor() == (1, 1, 1, 1)  # whatever the reader has set
    figure.draw_without_rendering()
    words = " ".join(figure.get_supxlabel().split())
    assert words.startswith(CAPTION.strip())
    assert words.endswith(NOTE)
    box, (width, height) = figure._supxlabel.get_window_extent(), figure.get_size_inches() * style.DPI
    assert box.x0 >= 0 <= box.y0
    assert box.x1 <= width <= 842
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    assert box.y1 < min(one.y0 for one in boxes)
    assert max(one.y1 for one in boxes) <= height + 0.5
    assert max(one.x1 for one in boxes) <= width + 0.5


# Curves


def drawn(axes):
    """The data of the curves in some axes, by colour: faint ones, then bold."""
    return [line.get_ydata() for line in axes.lines[1:]]


def test_wgan_panels_show_the_columns_and_their_difference():
    history = History({**wgan_history(30), "gradient_penalty": np.arange(30.0)}, note=NOTE)
    figure = curves.plot_losses(history)
    assert figure.get_supxlabel() == NOTE  # of the run's images, which nobody has to repeat
    scores, estimate, generator, penalty = figure.axes
    np.testing.assert_array_equal(drawn(scores), [history["real_score"], history["fake_score"]])
    np.testing.assert_allclose(drawn(estimate), [history["real_score"] - history["fake_score"]])
    np.testing.assert_array_equal(drawn(generator), [history["generator_loss"]])
    np.testing.assert_array_equal(drawn(penalty), [history["gradient_penalty"]])
    assert estimate.get_ylim()[0] < 0  # the distance that training aims for is in view
    assert len(curves.plot_losses(wgan_history(30)).axes) == 3


def test_a_vanilla_gan_shows_losses_and_accuracies():
    history = gan_history(20)
    losses, accuracies = curves.plot_losses(history).axes
    np.testing.assert_array_equal(drawn(losses), [history["discriminator_loss"], history["generator_loss"]])
    np.testing.assert_array_equal(drawn(accuracies), [history["real_accuracy"], history["fake_accuracy"]])
    low, high = accuracies.get_ylim()
    assert low < 0 < accuracies.lines[0].get_ydata()[0] == 0.5 < 1 < high


@pytest.mark.parametrize(("rows", "window"), [(400, 21), (6000, 101)])
def test_the_bold_curve_is_the_running_median(rows, window):
    history = wgan_history(rows)
    raw, bold = drawn(curves.plot_losses(history).axes[1])
    np.testing.assert_allclose(raw, history["real_score"] - history["fake_score"])
    half = window // 2
    for index in (half, rows // 2, rows - 1 - half):
        assert bold[index] == np.median(raw[index - half : index + half + 1])
    assert bold[0] == np.median(np.concatenate([raw[:half], raw[: half + 1]]))  # mirrored at the end


def test_a_spike_does_not_flatten_the_panel_but_a_lasting_rise_is_in_view_and_no_number_is_a_gap_in_one_curve():
    history = wgan_history(400)
    history["generator_loss"][[0, 200]] = 1e4
    history["generator_loss"][350:] = np.nan
    figure = curves.plot_losses(history)
    assert [len(values) for values in drawn(figure.axes[2])] == [350, 350]
    assert len(drawn(figure.axes[0])[0]) == 400
    assert max(drawn(figure.axes[2])[1]) < 30
    assert figure.axes[2].get_ylim()[1] < 30
    history["generator_loss"] = np.where(np.arange(400) < 30, 1e4, 1.0)
    assert curves.plot_losses(history).axes[2].get_ylim()[1] > 1e4


# Functions and critics


X = np.arange(4.0)


def test_a_name_has_one_colour_in_all_panels_and_one_entry_in_the_legend():
    panels = {"values": {"W": (X, X), "JS": (X, X**2)}, "slopes": {"JS": (X, 2 * X)}}
    figure = plot_lines(panels, "shift", "nats", dots={"slopes": {"JS": (X[:2], X[:2]), "MMD": (X, X)}})
    values, slopes = figure.axes
    assert len({line.get_color() for line in (values.lines[1], *slopes.lines[:2])}) == 1
    assert slopes.lines[2].get_color() not in {line.get_color() for line in values.lines}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["W", "JS", "MMD"]


def test_only_what_enters_a_double_cone_is_marked():
    sloped = {"slope 0.9": lambda x: 0.9 * x, "slope 2": lambda x: np.where(x > 0, 2 * x, 0.0)}
    (*_, inside), (*_, steep) = (axes.lines for axes in plot_double_cone(sloped, at=(-0.5,)).axes)
    assert not np.isfinite(inside.get_ydata()).any()
    marked = steep.get_xdata()[np.isfinite(steep.get_ydata())]
    assert (marked.min(), marked.max()) == (pytest.approx(0.505), 1)  # 2x = x + 0.5 at 0.5


def test_batch_sensitivity_is_drawn_as_shares_of_each_row():
    matrices = {"none": 7 * np.eye(3), "mixing": np.array([[3.0, 1, 0], [0, 1, 0], [2, 2, 4]])}
    none, mixing, _ = plot_batch_sensitivity(matrices).axes
    np.testing.assert_array_equal(none.images[0].get_array(), np.eye(3))
    np.testing.assert_allclose(mixing.images[0].get_array()[0], [0.75, 0.25, 0])
    assert none.images[0].norm.vmax == mixing.images[0].norm.vmax == 1


# A run while it trains


@pytest.mark.parametrize(("history", "sampled"), [({}, False), (wgan_history(1), False), (gan_history(50), True)])
def test_training_is_drawn_from_the_first_moment_on(tmp_path, history, sampled):
    Image.fromarray(image_grid(DIGITS, 5)).save(tmp_path / "a.png")
    samples = [(0, tmp_path / "a.png")] * sampled
    run = SimpleNamespace(history=lambda: history, samples=lambda: samples, note=NOTE, invert=False)
    figure = curves.plot_training(run, "step 7 of 9")
    rendered(figure)
    assert figure.get_supxlabel() == f"step 7 of 9 {NOTE}"
    if sampled:
        np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), image_grid(DIGITS, 5))
        assert len(drawn(figure.axes[1])) == 4


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
    picture = image_plots.points_picture(np.array([[0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), side=130)
    assert (picture.shape, picture.dtype) == ((130, 130, 3), np.uint8)
    assert tuple(picture[65, 115]) == (0xD5, 0x5E, 0x00)  # right of the middle, a generated point
    assert tuple(picture[15, 65]) == (0xD5, 0x5E, 0x00)  # above the middle, a generated point on the real one
    assert tuple(picture[65, 15]) == (255, 255, 255)
