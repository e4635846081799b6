"""Training as a whole: repeatable, interruptible at any moment, and loud when something is wrong."""

import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from tests import tiny
from tests.tiny import LATENT_DIM, tiny_critic, tiny_generator, tiny_images, tiny_model
from wgan_utils.data import toys
from wgan_utils.gan.models import GAN, WGAN, WGANGP
from wgan_utils.gan.sampling import generate, latent_vectors
from wgan_utils.pixels import cut_grid, image_grid
from wgan_utils.runs.checkpoints import CheckpointError
from wgan_utils.runs.lock import RunBusy
from wgan_utils.runs.run import Run, RunChanged
from wgan_utils.training.callbacks import TrainingDiverged
from wgan_utils.training.progress import ShowProgress
from wgan_utils.training.signals import TrainingInterrupted
from wgan_utils.training.train import train

STEPS = 7
EVERY = {"sample_every": 2, "checkpoint_every": 3, "health_every": 2}
ROOT = Path(__file__).parents[2]


class AtStep(keras.callbacks.Callback):
    """Do something at the end of a step, after everything else was written."""

    def __init__(self, step: int, action) -> None:
        super().__init__()
        self.at, self.action, self.done = step, action, False

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if not self.done and int(self.model.steps_done) == self.at:
            self.done = True
            self.action(self.model)


class Crash(Exception):
    """The process dies, as far as the run's folder can tell."""


def crash(model) -> None:
    raise Crash


def go(folder: Path, kind: str = "wgangp", steps: int = STEPS, at: AtStep | None = None, **changes) -> GAN:
    """Build a model and train it, or go on with what the folder holds."""
    model = tiny_model(kind, **{"dense": True, "critic_steps": 1, **changes.pop("model", {})})
    options = {"batch_size": 4, **EVERY, **changes}
    train(model, tiny_images(), Run(folder, {"SEED": 5}), steps, extra_callbacks=[at] if at else None, **options)
    return model


def table(run: Run, name: str) -> dict[str, np.ndarray]:
    return {column: values for column, values in run.read(name).items() if column != "seconds"}


def assert_same_states(one: GAN, other: GAN) -> None:
    for (name, value), twin in zip(one.state().items(), other.state().values(), strict=True):
        np.testing.assert_array_equal(value, twin, err_msg=name)


def assert_same_runs(one: Path, other: Path) -> None:
    """History, health, samples and checkpoints are the same; only the clock is not."""
    for name in ("history", "critic_health"):
        mine, theirs = table(Run(one), name), table(Run(other), name)
        assert list(mine) == list(theirs)
        for column in mine:
            np.testing.assert_array_equal(mine[column], theirs[column], err_msg=f"{name}: {column}")
    mine, theirs = Run(one).samples(), Run(other).samples()
    assert [step for step, _ in mine] == [step for step, _ in theirs]
    for (step, path), (_, twin) in zip(mine, theirs, strict=True):
        assert path.read_bytes() == twin.read_bytes(), f"samples of step {step}"
    (step, mine), (twin_step, theirs) = Run(one).load_checkpoint(), Run(other).load_checkpoint()
    assert step == twin_step
    assert all(np.array_equal(a, b) for a, b in zip(mine.values(), theirs.values(), strict=True))


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, GAN]:
    """A run of a WGAN-GP that nothing disturbed. Its critic has dropout, its generator BatchNorm."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return folder, go(folder)


# ---- what a run leaves


def test_a_run_leaves_everything_the_lessons_show(whole):
    folder, model = whole
    run = Run(folder)
    history = run.history()
    logged = ["critic_loss", "fake_score", "generator_loss", "gradient_penalty", "real_score", "wasserstein_estimate"]
    assert list(history) == ["step", "seconds", *logged]
    np.testing.assert_array_equal(history["step"], np.arange(1, STEPS + 1))
    assert (np.diff(history["seconds"]) > 0).all()
    np.testing.assert_allclose(
        history["wasserstein_estimate"], history["real_score"] - history["fake_score"], atol=1e-6
    )
    np.testing.assert_allclose(history["wasserstein_estimate"], -history["critic_loss"], atol=1e-6)
    assert [step for step, _ in run.samples()] == [0, 2, 4, 6, 7]
    np.testing.assert_array_equal(run.read("critic_health")["step"], [2, 4, 6, 7])
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["step_000006.npz", "step_000007.npz"]
    assert int(model.steps_done) == STEPS
    assert int(model.optimizer.iterations) == STEPS
    assert not [path for path in folder.rglob("*") if ".tmp." in path.name]


def test_the_configuration_says_what_was_run_on_what(whole):
    config = Run(whole[0]).config
    assert config["parameters"] == {"SEED": 5}
    assert config["data"]["name"] == "noise"
    assert config["data"]["sha256"] == config["setup"]["data_sha256"] == "sha-10-0"
    assert (config["setup"]["model"], config["setup"]["penalty_weight"]) == ("WGANGP", 10)
    assert config["setup"]["critic_optimizer"]["learning_rate"] == 0.001
    assert config["setup"]["backend"] == keras.backend.backend()
    assert {"python", "keras", "numpy"} <= set(config["environment"]["versions"])
    assert str(ROOT) not in json.dumps(config)


def test_the_samples_are_the_generators_images_of_the_same_latent_vectors(whole, tmp_path):
    folder, model = whole
    latent = latent_vectors(100, LATENT_DIM, model.seed)
    stored = {step: np.asarray(Image.open(path)) for step, path in Run(folder).samples()}
    np.testing.assert_array_equal(stored[STEPS], image_grid(generate(model.generator, latent), columns=10))
    untrained = tiny_model("wgangp", dense=True).generator
    np.testing.assert_array_equal(stored[0], image_grid(generate(untrained, latent), columns=10))
    assert not np.array_equal(stored[0], stored[STEPS])


def test_a_grid_holds_as_many_samples_as_asked_for_the_first_of_the_usual_ones(whole, tmp_path):
    go(tmp_path / "run", samples_per_grid=9)
    (_, few), (_, many) = Run(tmp_path / "run").samples()[-1], Run(whole[0]).samples()[-1]
    few, many = (cut_grid(np.asarray(Image.open(path)), 8, 8) for path in (few, many))
    assert (len(few), len(many)) == (9, 100)
    np.testing.assert_array_equal(few, many[:9])


def test_a_run_with_mirrored_images_continues_to_the_same_end(tmp_path):
    with pytest.raises(Crash):
        go(tmp_path / "one", mirror=True, at=AtStep(5, crash))
    go(tmp_path / "one", mirror=True)
    go(tmp_path / "other", mirror=True)
    assert_same_runs(tmp_path / "one", tmp_path / "other")


def test_the_saved_generator_is_the_trained_one(whole):
    folder, model = whole
    latent = latent_vectors(5, LATENT_DIM, 1)
    loaded = keras.saving.load_model(folder / "generator.keras")
    np.testing.assert_array_equal(generate(loaded, latent), generate(model.generator, latent))


def test_the_saved_generator_is_the_averaged_one_where_there_is_one(tmp_path):
    model, run = tiny_model(dense=True, ema_momentum=0.5), Run(tmp_path / "run")
    train(model, tiny_images(), run, steps=2, batch_size=4, show_progress=False)
    stored = keras.saving.load_model(run.folder / "generator.keras").get_weights()
    averaged, last = model.averaged.get_weights(), model.generator.get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(stored, averaged, strict=True))
    assert not all(np.array_equal(one, other) for one, other in zip(stored, last, strict=True))


def test_a_vanilla_gan_has_its_own_history_and_no_critic_health(tmp_path, capsys):
    go(tmp_path, "gan", steps=5, log_every=2, sample_every=None, checkpoint_every=None, health_every=None)
    run = Run(tmp_path)
    logged = ["discriminator_loss", "fake_accuracy", "generator_loss", "real_accuracy"]
    assert list(run.history()) == ["step", "seconds", *logged]
    np.testing.assert_array_equal(run.history()["step"], [2, 4, 5])  # and always the last
    assert [step for step, _ in run.samples()] == [0, 1, 2, 3, 4, 5]
    assert not run.read("critic_health")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "step 5 of 5" in printed.err


# ---- repeatable


def test_the_same_seed_gives_the_same_weights_whatever_else_is_drawn(whole, tmp_path):
    def draw(model) -> None:
        keras.utils.set_random_seed(99)
        keras.random.normal((3,))

    model = go(tmp_path / "again", at=AtStep(2, draw))
    assert_same_states(model, whole[1])
    assert_same_runs(tmp_path / "again", whole[0])


def test_another_seed_gives_other_weights(whole, tmp_path):
    model = go(tmp_path / "other", model={"seed": 6})
    kernels = [[v for name, v in m.state().items() if name.endswith(" kernel")] for m in (model, whole[1])]
    assert all(not np.array_equal(a, b) for a, b in zip(*kernels, strict=True))


# ---- interrupted and continued


@pytest.mark.parametrize("step", [1, 5])
def test_a_run_that_died_continues_to_the_same_end(whole, tmp_path, step, capsys):
    """With checkpoints at steps 3 and 6: before the first, and two steps after it."""
    folder = tmp_path / "run"
    with pytest.raises(Crash):
        go(folder, at=AtStep(step, crash))
    capsys.readouterr()
    model = go(folder)
    kept = 3 * (step // 3)
    assert capsys.readouterr().out == (f"Continuing at step {kept}.\n" if kept else "")
    assert_same_states(model, whole[1])
    assert_same_runs(folder, whole[0])
    assert (np.diff(Run(folder).history()["seconds"]) > 0).all()


@pytest.mark.parametrize(
    ("kind", "model"),
    [("gan", {}), ("wgan", {"dense": False, "batch_norm": True}), ("wgangp", {"dense": False, "critic_steps": 2})],
)
def test_the_other_models_and_convolutions_continue_to_the_same_end_too(tmp_path, kind, model):
    options = {"steps": 4, "model": model}
    straight = go(tmp_path / "straight", kind, **options)
    with pytest.raises(Crash):
        go(tmp_path / "broken", kind, at=AtStep(3, crash), checkpoint_every=2, **options)
    assert_same_states(go(tmp_path / "broken", kind, **options), straight)
    assert_same_runs(tmp_path / "broken", tmp_path / "straight")


@pytest.mark.parametrize("method", ["append", "save_samples", "save_checkpoint"])
def test_a_run_that_died_while_writing_continues_to_the_same_end(whole, tmp_path, monkeypatch, method):
    """Between two of a step's files: some are of the step that is done again, some are not."""
    original = getattr(Run, method)

    def dies_at_step_six(run, *args):
        original(run, *args)
        if method == "append" and args[1]["step"] == 6:
            with (run.folder / "history.csv").open("a") as file:
                file.write("7,0.1")  # and half a line of the next
            raise Crash
        if args[0] == 6:
            raise Crash

    folder = tmp_path / "run"
    with monkeypatch.context() as patch, pytest.raises(Crash):  # noqa: PT012
        patch.setattr(Run, method, dies_at_step_six)
        go(folder)
    assert_same_states(go(folder), whole[1])
    assert_same_runs(folder, whole[0])


SIGNALLED = """
import os, sys
from pathlib import Path
from tests.training.test_train import AtStep, go
go(Path(sys.argv[1]), at=AtStep(5, lambda model: os.kill(os.getpid(), int(sys.argv[2]))))
"""


def signalled(folder: Path, number: signal.Signals) -> subprocess.CompletedProcess:
    """Train in another process, which sends itself a signal at step 5 of 7 and must end by it."""
    command = [sys.executable, "-c", SIGNALLED, str(folder), str(int(number))]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert ended.returncode == -number, ended.stderr
    return ended


def test_a_killed_process_is_continued_by_another_to_the_same_end(whole, tmp_path):
    folder = tmp_path / "run"
    signalled(folder, signal.SIGKILL)
    assert Run(folder).last_checkpoint_step() == 3
    assert len(Run(folder).history()["step"]) == 5
    assert_same_states(go(folder), whole[1])
    assert_same_runs(folder, whole[0])


def test_a_truncated_checkpoint_costs_time_and_nothing_else(whole, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    for name in ("history.csv", "critic_health.csv"):
        assert (folder / name).exists()
    last = folder / "checkpoints" / "step_000007.npz"
    last.write_bytes(last.read_bytes()[:-200])
    with pytest.warns(UserWarning, match=r"goes on from step 6: .* step_000007\.npz .* can't be used"):
        model = go(folder)
    assert_same_states(model, whole[1])
    assert_same_runs(folder, whole[0])


def test_damage_to_both_checkpoints_stops_before_anything_is_lost(whole, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    for path in (folder / "checkpoints").iterdir():
        path.write_bytes(path.read_bytes()[:500])
    history = (folder / "history.csv").read_bytes()
    with pytest.raises(CheckpointError, match=r"can't go on: .*step_000007.*step_000006.* can't be used"):
        go(folder)
    assert (folder / "history.csv").read_bytes() == history
    assert len(Run(folder).samples()) == 5


def test_more_steps_extend_a_finished_run(whole, tmp_path):
    folder = tmp_path / "run"
    go(folder, steps=4)
    model = go(folder, steps=STEPS)
    assert_same_states(model, whole[1])
    assert_same_runs(folder, whole[0])


def test_a_finished_run_is_left_as_it_is(whole, tmp_path, capsys):
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    (folder / "generator.keras").unlink()  # killed right before it was written
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".csv", ".png", ".npz")}
    for steps in (STEPS, 3):
        model = go(folder, steps=steps)
        assert "has 7 steps already; nothing to train" in capsys.readouterr().out
        assert_same_states(model, whole[1])  # the cells after the training work with the trained model
    assert {path: path.read_bytes() for path in before} == before
    assert (folder / "generator.keras").exists()


def test_how_often_things_are_written_does_not_change_the_training(whole, tmp_path):
    options = {"log_every": 3, "sample_every": 5, "checkpoint_every": 100, "health_every": 100}
    model = go(tmp_path / "run", **options)
    assert_same_states(model, whole[1])
    np.testing.assert_array_equal(Run(tmp_path / "run").history()["step"], [3, 6, 7])


# ---- interrupted by hand


def interrupt(model) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_stops_after_the_step_keeps_everything_and_continues(whole, tmp_path, capsys):
    folder = tmp_path / "run"
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(
        TrainingInterrupted, match=r"at step 4 of 7\. Everything is kept; run again to continue\."
    ) as raised:
        go(folder, at=AtStep(4, interrupt))
    assert isinstance(raised.value, KeyboardInterrupt)
    assert signal.getsignal(signal.SIGINT) is handler
    assert Run(folder).last_checkpoint_step() == 4
    assert len(Run(folder).history()["step"]) == 4
    assert (folder / "generator.keras").exists()

    capsys.readouterr()
    again = go(folder)
    assert capsys.readouterr().out == "Continuing at step 4.\n"
    assert_same_states(again, whole[1])
    assert_same_runs(folder, whole[0])


def test_the_same_model_object_can_go_on_after_an_interrupt(whole, tmp_path):
    """What running the training cell once more does."""
    run = Run(tmp_path / "run", {"SEED": 5})
    model = tiny_model("wgangp", dense=True, critic_steps=1)
    with pytest.raises(TrainingInterrupted):
        train(model, tiny_images(), run, STEPS, 4, extra_callbacks=[AtStep(4, interrupt)], **EVERY)
    train(model, tiny_images(), run, STEPS, 4, **EVERY)
    assert_same_states(model, whole[1])
    assert_same_runs(run.folder, whole[0])


def test_a_second_interrupt_stops_at_once(tmp_path):
    def twice(model) -> None:
        interrupt(model)
        interrupt(model)

    folder = tmp_path / "run"
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt) as raised:
        go(folder, at=AtStep(4, twice))
    assert not isinstance(raised.value, TrainingInterrupted)
    assert signal.getsignal(signal.SIGINT) is handler
    assert Run(folder).last_checkpoint_step() == 3


def test_training_works_outside_the_main_thread(whole, tmp_path):
    """Only the main thread may handle signals; a notebook server's or an editor's may be another."""
    found = []
    thread = threading.Thread(target=lambda: found.append(go(tmp_path / "run")))
    thread.start()
    thread.join()
    assert_same_states(found[0], whole[1])


def test_a_learning_rate_that_fades_goes_on_where_it_was(tmp_path):
    def fading(steps: int) -> dict:
        return {"model": {"learning_rate": keras.optimizers.schedules.PolynomialDecay(1e-3, steps, 0.0)}}

    whole = go(tmp_path / "whole", **fading(4))
    assert float(whole.optimizer.learning_rate) == 0
    go(tmp_path / "broken", steps=2, **fading(4))
    assert_same_states(go(tmp_path / "broken", **fading(4)), whole)
    with pytest.raises(RunChanged, match=r"learning_rate\.config\.decay_steps was 4 and is now 8; generator_optimizer"):
        go(tmp_path / "broken", **fading(8))


# ---- what is refused


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"model": {"penalty_weight": 5.0}}, "penalty_weight was 10.0 and is now 5.0"),
        ({"model": {"seed": 6}}, "seed was 5 and is now 6"),
        ({"model": {"learning_rate": 2e-3}}, r"critic_optimizer\.learning_rate was 0\.001 and is now 0\.002"),
        ({"batch_size": 5}, "batch_size was 4 and is now 5"),
        ({"mirror": True}, "mirror was None and is now True"),
        ({"kind": "wgan"}, "model was 'WGANGP' and is now 'WGAN'"),
    ],
)
def test_a_folder_with_another_run_is_refused_by_what_differs(whole, changes, named):
    before = {path: path.read_bytes() for path in whole[0].rglob("*") if path.is_file()}
    with pytest.raises(RunChanged, match=named):
        go(whole[0], **changes)
    assert {path: path.read_bytes() for path in whole[0].rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("replaced", "by", "named"),
    [
        ("softplus", "relu", "critic_architecture was"),
        ("tanh", "relu", "generator_architecture was"),
        ("Dropout(0.2", "Dropout(0.3", "critic_architecture was"),
        ("momentum=0.8", "momentum=0.9", "generator_architecture was"),
    ],
)
def test_another_network_with_the_same_weights_is_another_run(whole, monkeypatch, replaced, by, named):
    """The old weights would fit into it, and give a run that nobody can repeat."""
    source = inspect.getsource(tiny.dense_networks)
    assert replaced in source
    namespace = vars(tiny).copy()
    exec(source.replace(replaced, by), namespace)
    monkeypatch.setattr(tiny, "dense_networks", namespace["dense_networks"])
    with pytest.raises(RunChanged, match=f"{named} '[0-9a-f]+' and is now '[0-9a-f]+'"):
        go(whole[0])


def test_another_class_of_optimizer_is_another_run(whole):
    model = tiny_model("wgangp", dense=True, critic_steps=1)
    model.compile(keras.optimizers.AdamW(1e-3, beta_1=0.5), keras.optimizers.RMSprop(1e-3))
    with pytest.raises(RunChanged, match=r"critic_optimizer\.class was 'Adam' and is now 'AdamW'"):
        train(model, tiny_images(), Run(whole[0], {"SEED": 5}), STEPS, 4, **EVERY)


def test_checkpoints_that_were_deleted_for_space_do_not_let_a_run_be_wiped(whole, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    shutil.rmtree(folder / "checkpoints")
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".csv", ".png", ".keras")}
    with pytest.raises(CheckpointError, match=r"checkpoint of step 7 .* is missing.*delete the run's folder"):
        go(folder, steps=9)
    assert {path: path.read_bytes() for path in kept} == kept


def test_a_checkpoint_under_another_steps_name_is_refused(whole, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    (folder / "checkpoints" / "step_000006.npz").unlink()
    (folder / "checkpoints" / "step_000007.npz").rename(folder / "checkpoints" / "step_000008.npz")
    with pytest.raises(CheckpointError, match=r"step_000008\.npz \(it holds step 7: it was renamed"):
        go(folder, steps=9)


HOLDS = """
import sys
from pathlib import Path
from wgan_utils.runs.lock import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_and_a_dead_ones_lock_is_not(whole, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    command = [sys.executable, "-c", HOLDS, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as other:
        assert other.stdout.readline() == "held\n"
        before = (folder / "history.csv").read_bytes()
        with pytest.raises(RunBusy, match=rf"writing to the run {tmp_path.name}/run: .* another RUN_NAME"):
            go(folder, steps=9)
        assert (folder / "history.csv").read_bytes() == before
        other.kill()
        other.wait()
    go(folder, steps=9)
    assert Run(folder).last_checkpoint_step() == 9


def test_what_killed_processes_left_is_cleared_away(whole, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    leftovers = [folder / "checkpoints" / ".123.tmp.step_000008.npz", folder / ".9.tmp.config.json"]
    for path in leftovers:
        path.write_bytes(b"half")
    go(folder)
    assert not any(path.exists() for path in leftovers)


@pytest.mark.parametrize(
    "callback",
    [keras.callbacks.LearningRateScheduler(lambda epoch: 1e-3), keras.callbacks.ReduceLROnPlateau()],
)
def test_a_scheduler_that_would_reach_the_critic_alone_is_refused(tmp_path, callback):
    with pytest.raises(ValueError, match=r"critic's learning rate only. Give both optimizers a schedule"):
        train(tiny_model(), tiny_images(), Run(tmp_path / "run"), 3, extra_callbacks=[callback])
    assert not (tmp_path / "run").exists()


def test_other_images_and_other_parameters_are_another_run(whole):
    model = tiny_model("wgangp")
    with pytest.raises(RunChanged, match="data_sha256 was 'sha-10-0' and is now 'sha-12-3'"):
        train(model, tiny_images(12, seed=3), Run(whole[0], {"SEED": 5}), STEPS, 4)
    with pytest.raises(RunChanged, match="SEED was 5 and is now 6; WIDTH was None and is now 2"):
        train(model, tiny_images(), Run(whole[0], {"SEED": 6, "WIDTH": 2}), STEPS, 4)


@pytest.mark.parametrize(
    "name", ["steps", "batch_size", "log_every", "sample_every", "checkpoint_every", "health_every", "health_images"]
)
def test_numbers_below_one_are_refused_before_anything_is_written(tmp_path, name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, not 0"):
        train(tiny_model(), tiny_images(), Run(tmp_path / "run"), **{"steps": 3, name: 0})
    assert not (tmp_path / "run").exists()


def test_images_of_another_size_are_refused_before_anything_is_written(tmp_path):
    images = tiny_images()
    object.__setattr__(images, "train", np.zeros((10, 32, 32, 3), np.uint8))
    with pytest.raises(
        ValueError, match=r"made for images of shape \(8, 8, 1\) and those of noise have .*\(32, 32, 3\)"
    ):
        train(tiny_model(), images, Run(tmp_path / "run"), 3)
    assert not (tmp_path / "run").exists()


def test_images_of_floats_are_refused_with_their_own_message(tmp_path):
    images = tiny_images()
    object.__setattr__(images, "train", np.zeros((10, 8, 8, 1), "float32"))
    with pytest.raises(ValueError, match="Training images must be uint8"):
        train(tiny_model(), images, Run(tmp_path / "run"), 3)


def test_a_model_that_was_not_compiled_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Compile the model before training"):
        train(WGAN(tiny_generator(), tiny_critic(), LATENT_DIM), tiny_images(), Run(tmp_path / "run"), 3)


def test_a_trained_model_cannot_begin_another_run(tmp_path):
    """Its weights would not be those that the second run's seed gives."""
    model = go(tmp_path / "one", steps=2)
    with pytest.raises(ValueError, match=r"has been trained for 2 steps already.*build the networks and the model"):
        train(model, tiny_images(), Run(tmp_path / "two"), 3)


# ---- divergence


def spoil(network: str):
    def action(model) -> None:
        variable = getattr(model, network).trainable_variables[0]
        variable.assign(np.full(variable.shape, np.nan, "float32"))

    return action


def test_a_loss_that_is_not_finite_stops_the_training_and_keeps_the_last_good_checkpoint(tmp_path):
    """Also where the step is not one that is logged."""
    folder = tmp_path / "run"
    handler = signal.getsignal(signal.SIGINT)
    message = r"stopped at step 5, because \w+ is nan. The last good checkpoint, of step 3, is kept."
    with pytest.raises(TrainingDiverged, match=message):
        go(folder, at=AtStep(4, spoil("critic")), log_every=100)
    assert signal.getsignal(signal.SIGINT) is handler
    step, state = Run(folder).load_checkpoint()
    assert step == 3
    assert all(np.isfinite(value).all() for value in state.values())


def test_divergence_before_the_first_checkpoint_says_so(tmp_path):
    with pytest.raises(TrainingDiverged, match=r"at step 2, .* No checkpoint had been written yet. Lower the learning"):
        go(tmp_path / "run", at=AtStep(1, spoil("critic")))


class SpoilEarly(keras.callbacks.Callback):
    """Weights that become infinite in the very update whose losses were still finite."""

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if batch == 1:
            spoil("generator")(self.model)


@pytest.mark.parametrize(
    ("every", "what"),
    [
        ({"sample_every": 2, "checkpoint_every": 2}, "an image is not finite"),
        ({"sample_every": 9, "checkpoint_every": 2, "health_every": 9}, "the weight kernel is not finite"),
    ],
)
def test_weights_that_are_not_finite_are_not_stored(tmp_path, monkeypatch, every, what):
    """The spoiler stands first, so that nothing but the writers' own looks can notice."""
    original = keras.Model.fit

    def fit(self, *args, callbacks, **kwargs):
        return original(self, *args, callbacks=[SpoilEarly(), *callbacks], **kwargs)

    monkeypatch.setattr(keras.Model, "fit", fit)
    with pytest.raises(TrainingDiverged, match=f"stopped at step 2, because {what}"):
        go(tmp_path / "run", **{**EVERY, **every})
    assert Run(tmp_path / "run").load_checkpoint() is None
    assert [step for step, _ in Run(tmp_path / "run").samples()] == [0]


# ---- display


def test_a_live_figure_that_fails_does_not_end_the_training(monkeypatch, tmp_path, capfd):
    def broken() -> None:
        raise OSError("a half-written picture")

    progress = ShowProgress(Run(tmp_path), 3, draw=None, every_seconds=0)
    monkeypatch.setattr(progress, "_show_figure", broken)
    monkeypatch.setattr("wgan_utils.training.progress._in_notebook", lambda: True)
    with pytest.warns(UserWarning, match="live figure can't be drawn .*half-written picture.*training goes on"):
        train(tiny_model(), tiny_images(), Run(tmp_path), 3, 4, show_progress=False, extra_callbacks=[progress])
    assert list(Run(tmp_path).history()["step"]) == [1, 2, 3]
    assert "step 3 of 3" in capfd.readouterr().err


class Clock:
    """Seconds that pass when they are told to."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_progress_tells_the_rate_without_the_step_that_compiles(monkeypatch, tmp_path):
    clock = Clock()
    monkeypatch.setattr("wgan_utils.training.progress.time", clock)
    progress = ShowProgress(Run(tmp_path), 1000, draw=None, every_seconds=15)
    model = tiny_model()
    progress.set_model(model)
    progress.on_train_begin()
    shown = []
    monkeypatch.setattr(
        progress, "show", lambda: shown.append(progress.text()) or setattr(progress, "shown", clock.now)
    )
    clock.now += 60  # compiling
    progress.on_train_batch_end(0)
    assert shown == ["step 1 of 1000"]
    for batch in range(1, 21):
        clock.now += 2
        progress.on_train_batch_end(batch)
    assert len(shown) == 3  # at 16 and 32 seconds, not at each step
    assert shown[1] == "step 9 of 1000, 0.5 steps a second, 33 min 2 s left"


def test_a_quiet_training_says_nothing(tmp_path, capfd):
    for steps in (2, 3, 3):
        train(tiny_model(), tiny_images(), Run(tmp_path), steps=steps, batch_size=4, show_progress=False)
    assert capfd.readouterr() == ("", "")
    assert list(Run(tmp_path).history()["step"]) == [1, 2, 3]


def test_points_are_trained_on_like_images_and_drawn_over_the_real_ones(tmp_path):
    keras.utils.set_random_seed(0)
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    critic = keras.Sequential([keras.Input((2,)), layers.Dense(4, "relu"), layers.Dense(1)])
    model = WGANGP(generator, critic, latent_dim=3, critic_steps=2)
    model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    run = Run(tmp_path / "points")
    train(model, toys.as_images(toys.ring_of_gaussians(60), "ring"), run, steps=4, batch_size=5, show_progress=False)
    assert list(run.history()["step"]) == [1, 2, 3, 4]
    assert np.isfinite(run.read("critic_health")["slope_between_50"]).all()
    assert [step for step, _ in run.samples()] == [0, 1, 2, 3, 4]
    assert np.asarray(Image.open(run.samples()[0][1])).shape == (240, 240, 3)
