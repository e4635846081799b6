"""How time and memory grow: a step with the networks' width, the batch, the critic steps, the images' side; memory with
the data set.

    python benchmarks/scaling.py [--smoke] [--only width memory] [--output build/scaling]

Every point is kept in scaling.json as it is measured, and found there when the program is started again; scaling.png is
drawn from it. Run it on a machine that does nothing else; --smoke only tries whether everything works. What the site
shows is benchmarks/scaling.json, a copy.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras
import numpy as np
from keras import layers

from wgan_utils.files import atomic_file
from wgan_utils.plots.style import FAKE, NEUTRAL, REAL, curve_axes, house_style
from wgan_utils.training.config import machine

STORED = Path(__file__).with_suffix(".json")
# What one step is measured at while another setting grows.
USUAL: dict[str, float] = {"side": 32, "width": 0.5, "batch": 64, "critic_steps": 3}
GROWTH: dict[str, list[Any]] = {
    "width": [0.125, 0.25, 0.5, 1.0],
    "batch": [16, 32, 64, 128, 256],
    "critic_steps": [1, 2, 3, 5, 8],
    "side": [16, 32, 64, 128],
}
IMAGES_IN_MEMORY = [1_000, 10_000, 50_000, 100_000, 200_000]
SMOKE: dict[str, list[Any]] = {"width": [0.06, 0.12], "batch": [4, 8], "critic_steps": [1, 2], "side": [8, 16]}
LATENT_DIM = 32
PANELS = {
    "width": "width (× the filters)",
    "batch": "batch (images)",
    "critic_steps": "critic steps",
    "side": "side of an image (pixels)",
}


def main() -> None:
    """Measure what has not been measured, print it, and draw the figure."""
    options = _options()
    file = options.output / ("smoke.json" if options.smoke else "scaling.json")
    found = json.loads(file.read_text()) if file.exists() else {"machine": machine(), "smoke": options.smoke}
    for key, measure in _measurements(options).items():
        if key in found or key.split()[0] not in options.only:
            continue
        found[key] = measure()
        print(f"{key:28s} {json.dumps(found[key])}", flush=True)
        with atomic_file(file) as temporary:
            temporary.write_text(json.dumps(found, indent=1) + "\n")
    figure = draw(found)
    figure.savefig(file.with_suffix(".png"))
    print(f"{file} and {file.with_suffix('.png')}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split("\n\n")[0].split()))
    parser.add_argument("--smoke", action="store_true", help="tiny sizes, to see whether it works")
    parser.add_argument("--only", nargs="+", default=[*GROWTH, "memory"], choices=[*GROWTH, "memory"])
    parser.add_argument("--output", type=Path, default=Path("build/scaling"))
    parser.add_argument("--memory-of", nargs=2, help=argparse.SUPPRESS)  # how this program starts itself
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    if options.memory_of:
        how, n = options.memory_of
        print(json.dumps(memory_here(how, n, options.output)))
        sys.exit()
    return options


def _measurements(options: argparse.Namespace) -> dict[str, Callable[[], Any]]:
    """Name every point and say how it is measured."""
    usual, growth, sizes = USUAL, GROWTH, IMAGES_IN_MEMORY
    if options.smoke:
        usual, growth, sizes = {"side": 8, "width": 0.06, "batch": 4, "critic_steps": 1}, SMOKE, [100, 1000]
    steps = 2 if options.smoke else 6
    found: dict[str, Callable[[], Any]] = {}
    for name, values in growth.items():
        for value in values:
            settings: dict[str, Any] = {**usual, name: value}
            found[f"{name} {value:g}"] = partial(seconds_a_step, steps, **settings)
    for n in sizes:
        for how in ("mapped", "loaded"):
            found[f"memory {how} {n}"] = partial(memory_of, how, n, options.output)
    return found


def networks(side: int, width: float) -> tuple[keras.Model, keras.Model]:
    """A DCGAN's two networks for images of any power of two from 8 pixels on: 64, 128, 256 … filters at width 1."""
    count = side.bit_length() - 3  # down to 4×4
    filters = [max(1, round(min(256, 64 * 2**i) * width)) for i in range(count)]
    critic = keras.Sequential([keras.Input((side, side, 1))])
    generator = keras.Sequential([keras.Input((LATENT_DIM,)), layers.Dense(4 * 4 * filters[-1])])
    generator.add(layers.Reshape((4, 4, filters[-1])))
    for number in filters:
        critic.add(layers.Conv2D(number, 5, strides=2, padding="same"))
        critic.add(layers.LeakyReLU(negative_slope=0.2))
    for number in [*filters[-2::-1], 1]:
        generator.add(layers.BatchNormalization())
        generator.add(layers.LeakyReLU(negative_slope=0.2))
        generator.add(layers.Conv2DTranspose(number, 4, strides=2, padding="same"))
    generator.add(layers.Activation("tanh"))
    critic.add(layers.Flatten())
    critic.add(layers.Dense(1))
    return generator, critic


def model_for(side: int, width: float, critic_steps: int) -> wu.WGANGP:
    """A WGAN-GP, compiled."""
    model = wu.WGANGP(*networks(side, width), LATENT_DIM, critic_steps)
    model.compile(keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4))
    return model


def seconds_a_step(steps: int, side: int, width: float, batch: int, critic_steps: int) -> float:
    """Time steps of `fit` without its first; the fastest of three rounds, since other work can only add to it."""
    keras.backend.clear_session()
    model = model_for(side, width, critic_steps)
    pixels = np.random.default_rng(0).integers(0, 256, (512, side, side, 1), dtype=np.uint8)
    clock = Clock()
    rounds = []
    for number in range(3):
        batches = wu.RealImages(pixels, batch, critic_steps, 0, number * (steps + 1), steps + 1)
        model.fit(batches, shuffle=False, verbose=0, callbacks=[clock])
        rounds.append((clock.last - clock.first) / steps)
    return min(rounds)


class Clock(keras.callbacks.Callback):
    """Reads the time at the ends of the first and of the last step."""

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Read it."""
        self.last = time.perf_counter()
        if batch == 0:
            self.first = self.last


def memory_of(how: str, n: int, folder: Path) -> dict[str, float]:
    """Measure a training on n colour images of 64×64 in a process of its own."""
    command = [sys.executable, __file__, "--output", str(folder), "--memory-of", how, str(n)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def memory_here(how: str, n: str, folder: Path) -> dict[str, float]:
    """Train on n random pictures, from the disk as CelebA's are or in memory; returns megabytes.

    `own` is what the process can't give back (RssAnon), `shown` what a process list shows, pages of the file included.
    """
    path = folder / f"pictures-{n}.npy"
    pictures = np.lib.format.open_memmap(path, "w+", np.uint8, (int(n), 64, 64, 3))
    for start in range(0, int(n), 1000):
        some = pictures[start : start + 1000]
        some[:] = np.random.default_rng(start).integers(0, 256, some.shape, dtype=np.uint8)
    del pictures, some
    images = np.load(path, mmap_mode="r" if how == "mapped" else None)
    path.unlink()  # it lives for as long as it is open
    generator = wu.networks.face_generator(0.0625)
    model = wu.WGANGP(generator, wu.networks.face_critic(0.0625), generator.input_shape[1], 1)
    model.compile(keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4))
    model.fit(wu.RealImages(images, 64, 1, 0, 0, 20), shuffle=False, verbose=0)
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {name: int(lines[key].split()[0]) / 1024 for name, key in (("own", "RssAnon"), ("shown", "VmRSS"))}


@house_style
def draw(found: dict[str, Any]) -> Any:
    """Draw what has been measured, a panel each."""
    points: dict[str, dict[float, Any]] = {}
    for key, value in found.items():
        if key not in ("machine", "smoke"):
            name, at = key.rsplit(" ", 1)
            points.setdefault(name, {})[float(at)] = value
    note = "Only a trial with tiny sizes. " if found["smoke"] else ""
    figure, axes = curve_axes(5.4, 2, 3, f"{note}Grey: proportional to what grows. {found['machine']}")
    for one, (name, label) in zip(axes, PANELS.items(), strict=False):
        _draw_growth(one, points.get(name, {}))
        one.set(xlabel=label, ylabel="seconds a step")
    for how, colour in (("mapped", REAL), ("loaded", FAKE)):
        own = {n: value["own"] for n, value in points.get(f"memory {how}", {}).items()}
        axes[4].plot(list(own), list(own.values()), "o-", color=colour, markersize=4, label=how)
    axes[4].set(xlabel="pictures of 64×64", ylabel="own memory (MB)", ylim=(0, None))
    axes[4].legend()
    axes[5].remove()
    return figure


def _draw_growth(axes: Any, measured: dict[float, float]) -> None:
    """Both axes logarithmic, so that a power of what grows is a straight line."""
    if not measured:
        return
    x, y = np.array(sorted(measured.items())).T
    axes.plot(x, y[-1] * x / x[-1], color=NEUTRAL, linewidth=0.8, linestyle=":")
    axes.plot(x, y, "o-", color=REAL, markersize=4)
    axes.set(xscale="log", yscale="log")
    axes.set_xticks(x, [f"{value:g}" for value in x])
    axes.tick_params(which="minor", length=0)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    axes.xaxis.set_minor_formatter("")


if __name__ == "__main__":
    main()
