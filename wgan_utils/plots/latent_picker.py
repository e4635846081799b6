"""Arithmetic on latent vectors by hand: buttons in JupyterLab and Colab, and a still picture wherever none can work."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from wgan_utils.gan.sampling import generate
from wgan_utils.pixels import enlarge, image_grid
from wgan_utils.plots.images import plot_images

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

CHOICES = ("−", "0", "+")
STRENGTHS = (-1.0, -0.5, 0.0, 0.5, 1.0)
SCALE = 2  # a sample's pixels, enlarged


class LatentPicker:
    """Samples to pick from, and what the picks' difference does to other samples.

    The mean latent vector of the samples picked + minus that of those picked − is a direction; it is added to the
    latent vectors of `others`, in several strengths (Radford et al. 2016, sec. 6.3.2).

    Args:
        generator: a Keras generator.
        latent: of the samples to pick from, (n, latent_dim).
        others: latent vectors that the direction is tried on, (m, latent_dim).
        plus: places of the samples picked + at first.
        minus: places of the samples picked − at first.
    """

    def __init__(
        self,
        generator: "keras.Model",
        latent: np.ndarray,
        others: np.ndarray,
        plus: Sequence[int],
        minus: Sequence[int],
    ) -> None:
        self.generator = generator
        self.latent = latent
        self.others = others
        self.plus, self.minus = list(plus), list(minus)
        self.samples = generate(generator, latent)

    def direction(self) -> np.ndarray:
        """The difference of the picks' means, (latent_dim,); zeros while either side has no pick."""
        if not (self.plus and self.minus):
            return np.zeros(self.latent.shape[1], np.float32)
        return self.latent[self.plus].mean(axis=0) - self.latent[self.minus].mean(axis=0)

    def results(self) -> np.ndarray:
        """The others, a row each, with less and with more of the direction: uint8 (m, strengths, h, w, channels)."""
        moved = self.others[:, None] + np.array(STRENGTHS, np.float32)[:, None] * self.direction()
        images = generate(self.generator, moved.reshape(-1, self.others.shape[1]).astype(np.float32))
        return images.reshape(len(self.others), len(STRENGTHS), *images.shape[1:])

    def still(self, caption: str = "", note: str = "") -> "Figure":
        """The samples with their picks above them, then the results, as a figure."""
        titles = [f"{place} {self._sign(place)}".removesuffix(" 0") for place in range(len(self.samples))]
        return plot_images(self.samples, columns=12, titles=titles, caption=caption, note=note)

    def buttons(self) -> Any:
        """The ipywidgets: under each sample the buttons − 0 +, and below them the results, made anew at a click."""
        import ipywidgets

        result = ipywidgets.Image(value=self._result_png(), format="png")

        def picked(change: Any) -> None:
            self.plus = [place for place, toggle in enumerate(toggles) if toggle.value == "+"]
            self.minus = [place for place, toggle in enumerate(toggles) if toggle.value == "−"]
            result.value = self._result_png()

        toggles, cells = [], []
        for place, sample in enumerate(self.samples):
            style = {"button_width": "28px"}  # narrower ones cut their sign
            toggle = ipywidgets.ToggleButtons(options=CHOICES, value=self._sign(place), style=style)
            toggle.layout.width = "110px"
            toggle.observe(picked, "value")
            toggles.append(toggle)
            picture = ipywidgets.Image(value=_png(enlarge(sample, 1)), format="png", width=88)
            cells.append(ipywidgets.VBox([picture, toggle]))
        rows = [ipywidgets.HBox(cells[start : start + 8]) for start in range(0, len(cells), 8)]
        return ipywidgets.VBox([*rows, result])

    def _sign(self, place: int) -> str:
        return "+" if place in self.plus else "−" if place in self.minus else "0"

    def _result_png(self) -> bytes:
        results = self.results()
        flat = results.reshape(-1, *results.shape[2:])
        return _png(image_grid(enlarge(flat, SCALE), columns=len(STRENGTHS), gap=4))


def show_latent_picker(picker: LatentPicker, caption: str = "", note: str = "") -> None:
    """Show a picker: first a still picture, which any page keeps, then buttons, alive while the notebook runs.

    Without ipywidgets there is the still picture alone.
    """
    from IPython.display import display

    display(picker.still(caption, note))
    try:
        bundle = picker.buttons()._repr_mimebundle_()
    except ImportError:
        print("For the buttons, install ipywidgets and run this cell again.")
        return
    # A page without a running notebook shows this sentence in place of the buttons, not a long list of widgets.
    display({**bundle, "text/plain": "(Here are buttons while the notebook runs.)"}, raw=True)


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels).save(file, format="png")
    return file.getvalue()
