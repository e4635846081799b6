"""A training that is killed: it lives in a process of its own, forked off one that has imported everything.

python -m tests.faults.victim    reads lines "folder<TAB>when<TAB>steps", and says of each how it ended

`when` is "" for never; "before 7": kill -9 just before its seventh file operation in the run's folder; or
"15 after 0.03": signal 15 so many seconds after its first step.
"""

import os
import signal
import sys
import threading
import traceback
from pathlib import Path

import keras

from tests.tiny import tiny_images, tiny_model
from wgan_utils.plots.images import make_gif
from wgan_utils.training.callbacks import TrainingInterrupted
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

EVERY = {"sample_every": 35, "checkpoint_every": 10, "health_every": 50, "samples_per_grid": 9}
OPERATIONS = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate")


def live(folder: Path, when: str, steps: int) -> None:
    """Train to the end, or what is left of it, and make the film."""
    how, seen = when.split(), 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal seen
        if event in OPERATIONS and str(arguments[0]).startswith(str(folder)):
            seen += 1
            if seen == int(how[1]):
                os.kill(os.getpid(), signal.SIGKILL)

    class Later(keras.callbacks.Callback):
        """Sends the signal some time after the first step, from another thread."""

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            timer = threading.Timer(float(how[2]), os.kill, (os.getpid(), int(how[0])))
            timer.start()
            self.on_train_batch_end = lambda batch, logs=None: None

    if when.startswith("before"):
        sys.addaudithook(watch)
    later = [Later()] if "after" in how else []
    run, model = Run(folder, {"SEED": 5}), tiny_model("wgangp", dense=True, critic_steps=1)
    train(model, tiny_images(), run, steps, 4, show_progress=False, extra_callbacks=later, **EVERY)
    make_gif(run, scale=1)


def main() -> None:
    """Raise one victim after another."""
    for line in sys.stdin:
        folder, when, steps = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            code = 1
            try:
                live(Path(folder), when, int(steps))
                code = 0
            except TrainingInterrupted:
                code = 130
            except BaseException:
                traceback.print_exc()
            os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
