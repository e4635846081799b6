"""Keras callbacks of a training: history, samples, checkpoints, measurements, progress, and what stops it.

Each reads the step from the model's own counter, so that a continued run counts on from where it was.
"""

import io
import math
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import keras
import numpy as np
from keras import ops
from tqdm import tqdm

from wgan_utils.errors import Explained
from wgan_utils.gan.backend import compiled
from wgan_utils.gan.losses import clippable_weights, gradient_norms, interpolate
from wgan_utils.gan.networks import as_inputs, generate, latent_vectors
from wgan_utils.metrics.distances import frechet_distance, kernel_distance
from wgan_utils.pixels import GAP_OF_DRAWINGS, image_grid
from wgan_utils.plots.curves import plot_training
from wgan_utils.plots.images import points_picture
from wgan_utils.training.run import Run

# From here on neighbouring float32 numbers are more than 1 apart: a difference of scores is lost in rounding.
LIMIT = 2**24
PERCENTILES = (5, 50, 95)
AT_BOUND = 0.99  # of the clipping bound
SEED = 2_000_000  # of a measurement's latent vectors: far from those of the samples and of an evaluation


class TrainingDiverged(Explained, RuntimeError):
    """A loss or a weight stopped being a finite number, or a loss became too large to be computed with."""


class TrainingInterrupted(Explained, KeyboardInterrupt):
    """Training was interrupted and has written everything; a KeyboardInterrupt, so that "Run All" stops there."""


class StepCallback(keras.callbacks.Callback):
    """A callback that acts after every `every` steps, and after the last one."""

    def __init__(self, run: Run, every: int, last_step: int) -> None:
        super().__init__()
        self.run, self.every, self.last_step = run, every, last_step

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Find out where training starts."""
        self.step = int(self.model.steps_done)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Count one step and act when it is time."""
        self.step += 1
        if self.step % self.every == 0 or self.step == self.last_step:
            self.act(logs or {})

    def act(self, logs: dict[str, Any]) -> None:
        """Do what the callback is for; `logs` holds the scalars of the step just done."""
        raise NotImplementedError

    def diverged(self, what: str) -> TrainingDiverged:
        """The error that stops a training."""
        kept = f"The last good checkpoint is that of step {self.run.last_checkpoint_step()}"
        advice = "Lower the learning rate or strengthen the constraint, and train under another RUN_NAME."
        return TrainingDiverged(f"Training stopped at step {self.step}: {what}. {kept}. {advice}")


class WriteHistory(StepCallback):
    """Append the step's scalars to history.csv; stop training when one of them is not finite or beyond `LIMIT`."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start the clock where the run left it."""
        super().on_train_begin(logs)
        past = self.run.history().get("seconds", np.zeros(0))
        self.clock_start = time.perf_counter() - (past[-1] if len(past) else 0.0)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Look at every step's scalars, and write some."""
        if wrong := {name: float(value) for name, value in (logs or {}).items() if not abs(value) <= LIMIT}:
            self.step += 1
            raise self.diverged(f"{wrong} is not finite, or beyond the {LIMIT:,} from which a float32 skips numbers")
        super().on_train_batch_end(batch, logs)

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        scalars = {name: float(value) for name, value in sorted(logs.items())}
        if scalars.keys() >= {"real_score", "fake_score"}:
            scalars["wasserstein_estimate"] = scalars["real_score"] - scalars["fake_score"]
        self.run.append("history", {"step": self.step, "seconds": time.perf_counter() - self.clock_start, **scalars})


class WriteSamples(StepCallback):
    """Store a grid of images made from the same latent vectors each time, from the untrained generator on.

    Points in the plane are drawn over real ones instead, of which some are given.
    """

    def __init__(self, run: Run, every: int, last_step: int, latent: np.ndarray, real: np.ndarray) -> None:
        super().__init__(run, every, last_step)
        self.latent, self.real = latent, real

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Store what the untrained generator makes."""
        super().on_train_begin(logs)
        if self.step == 0:
            self.act({})

    def act(self, logs: dict[str, Any]) -> None:
        """Store one grid."""
        try:
            images = generate(self.model.generator, self.latent)
        except FloatingPointError as error:
            raise self.diverged("an image is not finite") from error
        if images.ndim == 2:
            grid = points_picture(self.real, images)
        else:
            gap = 255 - GAP_OF_DRAWINGS if self.run.invert else 255
            grid = image_grid(images, math.ceil(math.sqrt(len(images))), background=gap)
        self.run.save_samples(self.step, grid)


class WriteCheckpoint(StepCallback):
    """Store everything that is needed to go on, unless some of it is not finite."""

    def act(self, logs: dict[str, Any]) -> None:
        """Store one checkpoint."""
        state = self.model.state()
        for name, value in state.items():
            if not np.all(np.isfinite(value)):
                raise self.diverged(f"the weight {name[5:]} is not finite")
        self.run.save_checkpoint(self.step, state)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Keep an interrupted run's last step too."""
        if self.step < self.last_step:
            self.act({})


# ---- measurements; what one changes in passing (BatchNorm statistics, dropout's random state) is put back


class WriteCriticHealth(StepCallback):
    """Append a row to critic_health.csv, always from the same images, drawn at random, and latent vectors.

    Of a Wasserstein critic, that is where the step logs a `real_score`; else there are no rows. A row has `estimate`
    and `held_out_estimate`, the difference between the mean score of the uint8 images `train` or `held_out` and of
    generated ones; `gradient_norm_<where>_<percentile>`, its percentiles at real images, at generated ones and on the
    lines between; `clipped`, the share of kernels and biases within 1% of the clipping bound, if there is one.
    """

    def __init__(
        self, run: Run, every: int, last_step: int, train: np.ndarray, held_out: np.ndarray, latent: np.ndarray
    ) -> None:
        super().__init__(run, every, last_step)
        n = min(len(train), len(held_out), len(latent))
        self.latent, rng = latent[:n], np.random.default_rng(0)  # own pictures come in the order of their names
        self.train, self.held_out = (part[rng.permutation(len(part))[:n]] for part in (train, held_out))

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Compile what every measurement computes."""
        super().on_train_begin(logs)
        critic = self.model.critic

        def scores_and_norms(images: Any) -> tuple[Any, Any]:
            return critic(images, training=True), gradient_norms(critic, images)

        self.scores_and_norms = scores_and_norms if self.model.run_eagerly else compiled(scores_and_norms)

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        if "real_score" in logs:
            self.run.append("critic_health", {"step": self.step, **self.measure()})

    def measure(self) -> dict[str, float]:
        """Return what a row holds besides the step."""
        critic = self.model.critic
        # Copies: PyTorch gives views of the memory that the measurement changes.
        kept = [np.array(ops.convert_to_numpy(v)) for v in critic.non_trainable_variables]
        real, fake = as_inputs(self.train), as_inputs(generate(self.model.generator, self.latent))
        places = {"real": real, "held_out": as_inputs(self.held_out), "generated": fake}
        places["between"] = interpolate(real, fake, seed=self.model.seed)
        try:
            found = {name: [ops.convert_to_numpy(x) for x in self.scores_and_norms(x)] for name, x in places.items()}
        finally:
            for variable, value in zip(critic.non_trainable_variables, kept, strict=True):
                variable.assign(value)
        score = {where: float(scores.mean()) for where, (scores, _) in found.items()}
        row = {"estimate": score["real"] - score["generated"]}
        row["held_out_estimate"] = score["held_out"] - score["generated"]
        for where in ("real", "generated", "between"):
            values = np.percentile(found[where][1], PERCENTILES)
            row |= {f"gradient_norm_{where}_{p}": float(value) for p, value in zip(PERCENTILES, values, strict=True)}
        if (bound := getattr(self.model, "clip_value", None)) is not None:
            weights = np.concatenate([ops.convert_to_numpy(v).ravel() for v in clippable_weights(critic)])
            row["clipped"] = float(np.mean(np.abs(weights) >= AT_BOUND * bound))
        return row


class WriteQuality(StepCallback):
    """Append a row to quality.csv, always from the same latent vectors and held-out images.

    With 1,000 generated images the Fréchet distance has a bias, the same at every step: compare it within these
    tables, and not with that of `evaluate`. The kernel distance, times 1000, has none.

    Args:
        run: where to write.
        every: steps between two rows.
        last_step: where training ends.
        features: from uint8 images to features, (n, d): what `fit_pca_features` returned, or a classifier's `features`.
        held_out_features: those of real images that no network trains on, (n, d).
        n: how many images are generated for it.
    """

    def __init__(
        self,
        run: Run,
        every: int,
        last_step: int,
        features: Callable[[np.ndarray], np.ndarray],
        held_out_features: np.ndarray,
        n: int = 1000,
    ) -> None:
        super().__init__(run, every, last_step)
        self.features, self.real, self.n = features, held_out_features, n

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Measure the untrained generator too."""
        super().on_train_begin(logs)
        self.latent = latent_vectors(self.n, self.model.latent_dim, SEED)
        if self.step == 0:
            self.act({})

    def act(self, logs: dict[str, Any]) -> None:
        """Append one row."""
        row = {"step": self.step, **self._distances(self.model.generator)}
        if self.model.averaged is not None:
            row |= {f"averaged_{name}": value for name, value in self._distances(self.model.averaged).items()}
        self.run.append("quality", row)

    def _distances(self, generator: keras.Model) -> dict[str, float]:
        features = self.features(generate(generator, self.latent))
        frechet, kernel = frechet_distance(features, self.real), kernel_distance(features, self.real)[0]
        return {"frechet_distance": frechet, "kernel_distance": 1e3 * kernel}


# ---- stopping


@contextmanager
def stop_on_signal(model: keras.Model) -> Iterator[list[int]]:
    """Within the block an interrupt or SIGTERM stops `fit` after the current step; a second signal acts at once.

    Gives the list that a received signal is put into. Outside of the main thread signals are left alone.
    """
    received: list[int] = []

    def receive(number: int, frame: FrameType | None) -> None:
        if received:
            release()
            signal.raise_signal(number)
        received.append(number)
        model.stop_training = True

    def release() -> None:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    in_main_thread = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGINT, signal.SIGTERM) if in_main_thread else ()
    previous = {number: signal.signal(number, receive) for number in numbers}
    try:
        yield received
    finally:
        release()


# ---- how far a training, or a series of them, is


class ShowProgress(keras.callbacks.Callback):
    """Show how far training is: in a notebook a figure that redraws itself, elsewhere a line of text.

    `every_seconds` lie between two updates; drawing one takes a fraction of a second.
    """

    def __init__(self, run: Run, last_step: int, every_seconds: float = 15.0) -> None:
        super().__init__()
        self.run, self.last_step, self.every_seconds = run, last_step, every_seconds

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start the clock."""
        text = "step {n_fmt} of {total_fmt}, {rate_fmt}, {remaining} left"
        self.bar = Bar(self.last_step, text, int(self.model.steps_done), self.every_seconds)
        self.shown = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Show the state when the last update is old enough."""
        self.bar.update()
        if time.monotonic() - self.shown > self.every_seconds:
            self.draw()

    def on_train_end(self, logs: dict | None = None) -> None:
        """Show the final state."""
        self.bar.close()
        self.draw()

    def draw(self) -> None:
        """Draw the figure, in a notebook; one that can't be drawn is no reason to lose a training."""
        self.shown = time.monotonic()
        try:
            self.bar.display_in_notebook(lambda: plot_training(self.run, str(self.bar)))
        except Exception as error:
            warnings.warn(f"The live figure can't be drawn ({error!r}); training goes on.", stacklevel=2)


class Bar(tqdm):
    """tqdm's text and clock; in a notebook something that is displayed in its own place instead of its line."""

    def __init__(self, total: int, text: str, done: int = 0, every_seconds: float = 0.1) -> None:
        ipython = sys.modules.get("IPython")
        self.in_notebook = hasattr(ipython.get_ipython() if ipython else None, "kernel")
        self.handle: Any = None
        file = io.StringIO() if self.in_notebook else sys.stderr
        super().__init__(total=total, initial=done, bar_format=text, mininterval=every_seconds, file=file)

    def display_in_notebook(self, figure: Callable[[], Any] | None = None) -> None:
        """Display the figure that a function makes, or the text, in place of what was displayed before."""
        if self.in_notebook:
            from IPython.display import display

            self.handle = self.handle or display({"text/plain": ""}, raw=True, display_id=True)
            self.handle.update(figure() if figure else {"text/plain": str(self)}, raw=not figure)
