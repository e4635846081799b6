"""Training as a whole: repeatable, stopped and continued at any moment, and loud when something is wrong."""

import os
import shutil
import signal
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from filelock import FileLock
from keras import layers
from PIL import Image

from tests.refused import refused
from tests.tiny import LATENT_DIM, tiny_critic, tiny_generator, tiny_images
from tests.training.running import (
    EVERY,
    ROOT,
    STEPS,
    AtStep,
    Crash,
    assert_same_runs,
    assert_same_states,
    contents,
    crash,
    eager_model,
    end_of,
    go,
)
from wgan_utils.gan.networks import generate, latent_vectors
from wgan_utils.labs import toys
from wgan_utils.models import GAN, WGAN, WGANGP
from wgan_utils.pixels import image_grid
from wgan_utils.training import callbacks as progress
from wgan_utils.training.callbacks import LIMIT, TrainingDiverged, TrainingInterrupted
from wgan_utils.training.config import RunChanged
from wgan_utils.training.run import CheckpointError, Run, RunBusy, RunUnwritable
from wgan_utils.training.train import train

# ---- what a run leaves


def test_a_run_leaves_everything_the_lessons_show(whole):
    folder, model = whole
    run = Run(folder)
    assert run.config["data"]["sha256"] == run.config["setup"]["data_sha256"] == "sha-10-0"
    assert str(ROOT) not in str(run.config)
    history = run.history()
    logged = ["critic_loss", "fake_score", "generator_loss", "gradient_penalty", "real_score", "wasserstein_estimate"]
    assert list(history) == ["step", "seconds", *logged]
    np.testing.assert_array_equal(history["step"], np.arange(1, STEPS + 1))
    assert (np.diff(history["seconds"]) > 0).all()
    estimate = history["wasserstein_estimate"]
    np.testing.assert_allclose(estimate, history["real_score"] - history["fake_score"], atol=1e-6)
    np.testing.assert_array_equal(run.read("critic_health")["step"], [2, 4, 6, 7])
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["step_000006.npz", "step_000007.npz"]
    assert int(model.steps_done) == int(model.optimizer.iterations) == STEPS
    saved, latent = keras.saving.load_model(folder / "generator.keras"), latent_vectors(100, LATENT_DIM, model.seed)
    np.testing.assert_array_equal(generate(saved, latent), generate(model.generator, latent))
    samples = {step: np.asarray(Image.open(path)) for step, path in run.samples()}
    assert [*samples] == [0, 2, 4, 6, 7]
    for step, generator in ((STEPS, model.generator), (0, eager_model().generator)):
        np.testing.assert_array_equal(samples[step], image_grid(generate(generator, latent), columns=10))


def test_a_vanilla_gan_has_its_own_history_and_no_critic_health(tmp_path, capsys):
    often = dict.fromkeys(EVERY) | {"log_every": 2, "show_progress": True, "model": {"ema_momentum": 0.5}}
    model, run = go(tmp_path, "gan", steps=5, **often), Run(tmp_path)
    assert list(run.history())[2:] == ["discriminator_loss", "fake_accuracy", "generator_loss", "real_accuracy"]
    np.testing.assert_array_equal(run.history()["step"], [2, 4, 5])  # and always the last
    assert [step for step, _ in run.samples()] == [0, 1, 2, 3, 4, 5]
    assert not run.read("critic_health")
    printed = capsys.readouterr()
    assert (printed.out, "5 of 5" in printed.err) == ("", True)
    stored = keras.saving.load_model(tmp_path / "generator.keras").get_weights()
    assert all(map(np.array_equal, stored, model.averaged.get_weights()))


def test_points_are_trained_on_like_images_and_drawn_over_the_real_ones(tmp_path):
    keras.utils.set_random_seed(0)
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    critic = keras.Sequential([keras.Input((2,)), layers.Dense(4, "relu"), layers.Dense(1)])
    model = WGANGP(generator, critic, latent_dim=3, critic_steps=2)
    model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), run_eagerly=True)
    run, points = Run(tmp_path / "points"), toys.points_dataset(toys.ring_of_gaussians(60), "ring")
    train(model, points, run, steps=2, batch_size=5, show_progress=False)
    assert np.isfinite(run.read("critic_health")["gradient_norm_between_50"]).all()
    assert np.asarray(Image.open(run.samples()[0][1])).shape == (240, 240, 3)


# ---- repeatable


def test_the_seed_alone_decides_the_weights(whole, tmp_path):
    """Not the global random state, nor how often things are written, nor the thread, which may handle no signals."""

    def draw(model) -> None:
        keras.utils.set_random_seed(99)
        keras.random.normal((3,))

    found, seldom = [], {"log_every": 3, "sample_every": 5, "checkpoint_every": 100, "health_every": 100}
    thread = threading.Thread(target=lambda: found.append(go(tmp_path / "again", at=AtStep(2, draw), **seldom)))
    thread.start()
    thread.join()
    assert_same_states(found[0], whole[1])
    np.testing.assert_array_equal(Run(tmp_path / "again").history()["step"], [3, 6, 7])
    other = go(tmp_path / "other", model={"seed": 6})
    kernels = [[v for name, v in m.state().items() if name.endswith(" kernel")] for m in (other, whole[1])]
    assert all(not np.array_equal(a, b) for a, b in zip(*kernels, strict=True))


# ---- stopped and continued


def test_a_compiled_step_of_convolutions_on_mirrored_images_continues_to_the_same_end_too(tmp_path):
    def compiled(name: str, **changes) -> GAN:
        settings = {"dense": False, "critic_steps": 2, "run_eagerly": False}
        return go(tmp_path / name, steps=4, mirror=True, model=settings, **changes)

    straight = compiled("straight")
    with pytest.raises(Crash):
        compiled("broken", at=AtStep(3, crash), checkpoint_every=2)
    assert_same_states(compiled("broken"), straight)
    assert_same_runs(tmp_path / "broken", tmp_path / "straight")


def go_until(folder: Path, number: signal.Signals) -> None:
    """Train in a process that sends itself a signal at step 5 of 7."""
    go(folder, at=AtStep(5, lambda model: os.kill(os.getpid(), number)))


@pytest.mark.skipif(os.name != "posix", reason="Signals are POSIX.")
@pytest.mark.parametrize(("name", "kept"), [("SIGKILL", 3), ("SIGTERM", 5)])
def test_a_process_that_a_signal_ends_is_continued_by_another_to_the_same_end(whole, tmp_path, name, kept):
    """With checkpoints at steps 3 and 6; SIGTERM leaves one more."""
    folder, number = tmp_path / "run", getattr(signal, name)
    assert end_of(go_until, folder, number) == -number
    left = [folder / ".9.tmp.config.json", folder / "samples" / ".123.tmp.step_000008.png"]
    for path in left:
        path.write_bytes(b"half")
    assert Run(folder).last_checkpoint_step() == kept
    assert len(Run(folder).history()["step"]) == 5
    assert_same_states(go(folder), whole[1])
    assert_same_runs(folder, whole[0])
    assert (np.diff(Run(folder).history()["seconds"]) > 0).all()
    assert not any(path.exists() for path in left)


def test_a_finished_run_is_left_as_it_is(whole, folder, capfd):
    (folder / "generator.keras").unlink()  # killed right before it was written
    before = contents(folder, ".csv", ".png", ".npz")
    for steps in (STEPS, 3):
        assert_same_states(go(folder, steps=steps), whole[1])  # the cells after the training need the trained model
    assert contents(folder, ".csv", ".png", ".npz") == before
    assert (folder / "generator.keras").exists()
    assert capfd.readouterr() == ("", "")  # a quiet training says nothing


def interrupt(model) -> None:
    signal.raise_signal(signal.SIGINT)  # os.kill may wake another thread first


def test_an_interrupt_stops_after_the_step_keeps_everything_and_the_same_model_continues(whole, tmp_path):
    """As where the training's cell is run once more."""
    handler = signal.getsignal(signal.SIGINT)
    run, model = Run(tmp_path / "run", {"SEED": 5}), eager_model()
    with pytest.raises(TrainingInterrupted):
        train(model, tiny_images(), run, STEPS, 4, extra_callbacks=[AtStep(4, interrupt)], **EVERY)
    assert signal.getsignal(signal.SIGINT) is handler
    assert run.last_checkpoint_step() == len(run.history()["step"]) == 4
    assert (run.folder / "generator.keras").exists()
    train(model, tiny_images(), run, STEPS, 4, **EVERY)
    assert_same_states(model, whole[1])
    assert_same_runs(run.folder, whole[0])


def test_a_second_interrupt_stops_at_once(tmp_path):
    def twice(model) -> None:
        interrupt(model)
        interrupt(model)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with pytest.raises(KeyboardInterrupt) as raised:
        go(tmp_path / "run", at=AtStep(4, twice))
    assert not isinstance(raised.value, TrainingInterrupted)
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler
    assert Run(tmp_path / "run").last_checkpoint_step() == 3


# ---- another run in the folder


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"model": {"penalty_weight": 5.0}}, "penalty_weight"),
        ({"model": {"seed": 6}}, "seed"),
        ({"model": {"learning_rate": 2e-3}}, "critic_optimizer.learning_rate"),
        ({"model": {"dropout": 0.3, "dense": False}}, "critic_architecture"),
        ({"batch_size": 5}, "batch_size"),
        ({"mirror": True}, "mirror"),
        ({"kind": "wgan"}, "model was 'WGANGP'"),
        ({"images": tiny_images(12, seed=3)}, "data_sha256"),
        ({"SEED": 6}, "SEED was 5"),
    ],
)
def test_a_folder_with_another_run_is_refused_by_what_differs(whole, changes, named):
    before = contents(whole[0])
    with refused(RunChanged, named):
        go(whole[0], **changes)
    assert contents(whole[0]) == before


def test_a_run_that_is_trained_elsewhere_is_refused(folder):
    before = contents(folder)
    with FileLock(folder / "writer.lock"), refused(RunBusy, f"{folder.parent.name}/run"):
        go(folder, steps=9)
    assert contents(folder) == before


# ---- what can't be trained


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        *(({name: 0}, name) for name in ("steps", "batch_size", "log_every")),
        ({"images": replace(tiny_images(), train=np.zeros((10, 32, 32, 3), "uint8"))}, "(32, 32, 3)"),
        ({"images": replace(tiny_images(), train=np.zeros((600, 8, 8, 1), "uint8"))}, "noise"),
        ({"extra_callbacks": [keras.callbacks.ReduceLROnPlateau()]}, "ReduceLROnPlateau"),
        ({"model": WGAN(tiny_generator(), tiny_critic(), LATENT_DIM)}, "model.compile"),
    ],
)
def test_what_can_not_be_trained_is_refused_before_anything_is_written(tmp_path, changes, named):
    with refused(naming=named):
        train(**{"model": eager_model(), "images": tiny_images(), "run": Run(tmp_path / "run"), "steps": 3, **changes})
    assert not (tmp_path / "run").exists()


def test_a_trained_model_cannot_begin_another_run(tmp_path):
    """Its weights would not be those that the second run's seed gives."""
    model = go(tmp_path / "one", steps=2)
    with refused(naming="2 steps"):
        train(model, tiny_images(), Run(tmp_path / "two"), 3)


# ---- divergence


def spoil(network: str):
    def action(model) -> None:
        variable = getattr(model, network).trainable_variables[0]
        variable.assign(np.full(variable.shape, np.nan, "float32"))

    return action


@pytest.mark.parametrize(("step", "kept"), [(4, 3), (1, None)])
def test_a_loss_that_is_not_finite_stops_the_training_and_keeps_the_last_good_checkpoint(tmp_path, step, kept):
    """Also where the step is not one that is logged."""
    handler = signal.getsignal(signal.SIGINT)
    with refused(TrainingDiverged, f"step {step + 1}"):
        go(tmp_path, at=AtStep(step, spoil("critic")), log_every=100)
    assert signal.getsignal(signal.SIGINT) is handler
    assert Run(tmp_path).last_checkpoint_step() == kept
    if kept:
        assert all(np.isfinite(value).all() for value in Run(tmp_path).load_checkpoint()[1].values())


@pytest.mark.parametrize(("sample_every", "named"), [(2, "image"), (9, "kernel")])
def test_weights_that_are_not_finite_are_not_stored(tmp_path, monkeypatch, sample_every, named):
    """They became so in an update whose losses were finite: nothing but the writers' own looks can notice."""
    original = keras.Model.fit

    def fit(self, *args, callbacks, **kwargs):
        return original(self, *args, callbacks=[AtStep(2, spoil("generator")), *callbacks], **kwargs)

    monkeypatch.setattr(keras.Model, "fit", fit)
    with refused(TrainingDiverged, named):
        go(tmp_path, sample_every=sample_every, checkpoint_every=2, health_every=9)
    assert Run(tmp_path).load_checkpoint() is None
    assert [step for step, _ in Run(tmp_path).samples()] == [0]


def test_a_loss_too_large_to_compute_with_stops_the_training_and_keeps_what_there_is(tmp_path):
    """Learning rate 10: nothing becomes infinite, everything becomes huge."""
    with refused(TrainingDiverged, "step "):
        settings = {"learning_rate": 10.0, "clip_value": 1e9}
        go(tmp_path, "wgan", 400, health_every=400, checkpoint_every=1, model=settings)
    history = Run(tmp_path).history()
    assert max(abs(history["critic_loss"])) <= LIMIT
    assert Run(tmp_path).load_checkpoint()[0] == history["step"][-1]


# ---- folders that go, files that are damaged


def test_a_folder_that_is_moved_under_way_can_be_continued_where_it_is(whole, tmp_path):
    folder, moved = tmp_path / "run", tmp_path / "moved"
    with refused(RunUnwritable, f"{tmp_path.name}/run"):
        go(folder, at=AtStep(4, lambda model: folder.rename(moved)))
    assert not folder.exists()
    assert_same_states(go(moved), whole[1])
    assert_same_runs(moved, whole[0])


def rewrite(path: Path, change) -> None:
    """Change a checkpoint's arrays, and write a whole file of them."""
    with np.load(path) as stored:
        arrays = dict(stored)
    change(arrays)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def of_another_type(arrays: dict[str, np.ndarray]) -> None:
    """Found out before the first of them is set, not by an error halfway."""
    name = [name for name in arrays if name.endswith(" kernel")][-1]
    arrays[name] = np.full(arrays[name].shape, "one")


def test_a_checkpoint_that_is_no_good_is_named_and_the_one_before_is_used(whole, folder):
    rewrite(folder / "checkpoints" / "step_000006.npz", lambda arrays: arrays.update(format=np.array(1)))  # an older's
    rewrite(folder / "checkpoints" / "step_000007.npz", of_another_type)
    with pytest.warns(UserWarning, match=r"step_000007\.npz"):
        model = go(folder)
    assert_same_states(model, whole[1])
    assert_same_runs(folder, whole[0])


def edit(name: str, change):
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


def lose_checkpoints(folder: Path) -> None:
    shutil.rmtree(folder / "checkpoints")


def become_a_shipped_one(folder: Path) -> None:
    edit("config.json", lambda text: text.replace(b'"parameters"', b'"pretrained": "sevens", "parameters"'))(folder)
    lose_checkpoints(folder)


NO_CONFIG = b"", b"[1]", b'{"parameters": {}}', b"\xff", b"[" * 100_000
NO_ROW = b"\n\0", b"\nx,", b"\n1,", b"\n\n", b"\n5,1,"


@pytest.mark.parametrize(
    ("harm", "kind", "named"),
    [
        (become_a_shipped_one, RunChanged, "sevens"),
        (
            lambda folder: [rewrite(path, of_another_type) for path in (folder / "checkpoints").iterdir()],
            None,
            "000006",
        ),
        (lose_checkpoints, None, "step_000007"),
        (lambda folder: (folder / "config.json").unlink(), None, "config.json"),
        *((edit("config.json", lambda _, x=x: x), ValueError, "config.json") for x in NO_CONFIG),
        *((edit("history.csv", lambda rows, x=x: rows.replace(b"\n5,", x)), ValueError, "history.csv") for x in NO_ROW),
    ],
    ids=range(14),
)
def test_a_folder_that_is_damaged_is_refused_by_name_and_neither_it_nor_the_model_changes(folder, harm, kind, named):
    harm(folder)
    kept, model = contents(folder), eager_model()
    before = model.state()
    with refused(kind or CheckpointError, named):
        train(model, tiny_images(), Run(folder, {"SEED": 5}), 9, 4, **EVERY)
    assert all(np.array_equal(value, before[name]) for name, value in model.state().items())
    assert contents(folder) == kept


# ---- display


def test_the_live_figure_is_renewed_in_its_place_and_one_that_fails_does_not_end_the_training(monkeypatch, tmp_path):
    displayed, shown = [], []
    handle = SimpleNamespace(update=lambda figure, raw: shown.append(figure))
    monkeypatch.setattr(progress.Bar, "in_notebook", property(lambda bar: True, lambda bar, value: None), raising=False)
    monkeypatch.setattr("IPython.display.display", lambda *given, **how: displayed.append(given) or handle)
    run = Run(tmp_path, {"SEED": 5})
    go(tmp_path, steps=3, at=progress.ShowProgress(run, 3, every_seconds=0))
    assert (len(displayed), len(shown)) == (1, 4)  # and once more at the end
    assert all(figure.axes for figure in shown)
    monkeypatch.setattr(progress, "plot_training", lambda *given: [][1])
    with pytest.warns(UserWarning, match="IndexError"):
        go(tmp_path, at=progress.ShowProgress(run, STEPS, every_seconds=0))
    assert list(run.history()["step"]) == list(range(1, STEPS + 1))
