"""Training as a whole: repeatable, stopped and continued at any moment, and loud when something is wrong."""

import inspect
import json
import os
import signal
import threading

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from tests import tiny
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
    go,
    signalled,
)
from wgan_utils.gan.sampling import generate, latent_vectors
from wgan_utils.labs import toys
from wgan_utils.models import WGAN, WGANGP
from wgan_utils.pixels import cut_grid, image_grid
from wgan_utils.training.callbacks import TrainingDiverged, TrainingInterrupted
from wgan_utils.training.config import RunChanged
from wgan_utils.training.progress import ShowProgress
from wgan_utils.training.run import Run
from wgan_utils.training.train import train

# ---- what a run leaves


def test_a_run_leaves_everything_the_lessons_show(whole):
    folder, model = whole
    run = Run(folder)
    history = run.history()
    logged = ["critic_loss", "fake_score", "generator_loss", "gradient_penalty", "real_score", "wasserstein_estimate"]
    assert list(history) == ["step", "seconds", *logged]
    np.testing.assert_array_equal(history["step"], np.arange(1, STEPS + 1))
    assert (np.diff(history["seconds"]) > 0).all()
    estimate = history["wasserstein_estimate"]
    np.testing.assert_allclose(estimate, history["real_score"] - history["fake_score"], atol=1e-6)
    np.testing.assert_allclose(estimate, -history["critic_loss"], atol=1e-6)
    assert [step for step, _ in run.samples()] == [0, 2, 4, 6, 7]
    np.testing.assert_array_equal(run.read("critic_health")["step"], [2, 4, 6, 7])
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["step_000006.npz", "step_000007.npz"]
    assert int(model.steps_done) == int(model.optimizer.iterations) == STEPS
    assert not [path for path in folder.rglob("*") if ".tmp." in path.name]
    saved, latent = keras.saving.load_model(folder / "generator.keras"), latent_vectors(5, LATENT_DIM, 1)
    np.testing.assert_array_equal(generate(saved, latent), generate(model.generator, latent))


def test_the_configuration_says_what_was_run_on_what(whole):
    config = Run(whole[0]).config
    assert config["parameters"] == {"SEED": 5}
    assert config["data"]["name"] == "noise"
    assert config["data"]["sha256"] == config["setup"]["data_sha256"] == "sha-10-0"
    assert (config["setup"]["model"], config["setup"]["penalty_weight"]) == ("WGANGP", 10)
    assert config["setup"]["critic_optimizer"]["learning_rate"] == 0.001
    assert {"python", "keras", "numpy"} <= set(config["environment"]["versions"])
    assert str(ROOT) not in json.dumps(config)


def test_the_samples_are_the_generators_images_of_the_same_latent_vectors(whole, tmp_path):
    folder, model = whole
    latent = latent_vectors(100, LATENT_DIM, model.seed)
    stored = {step: np.asarray(Image.open(path)) for step, path in Run(folder).samples()}
    for step, generator in ((STEPS, model.generator), (0, eager_model().generator)):
        np.testing.assert_array_equal(stored[step], image_grid(generate(generator, latent), columns=10))
    assert not np.array_equal(stored[0], stored[STEPS])
    go(tmp_path / "few", samples_per_grid=9)
    few = cut_grid(np.asarray(Image.open(Run(tmp_path / "few").samples()[-1][1])), 8, 8)
    np.testing.assert_array_equal(few, cut_grid(stored[STEPS], 8, 8)[:9])


def test_the_saved_generator_is_the_averaged_one_where_there_is_one(tmp_path):
    model = go(tmp_path, steps=2, model={"ema_momentum": 0.5})
    stored = keras.saving.load_model(tmp_path / "generator.keras").get_weights()
    averaged, last = model.averaged.get_weights(), model.generator.get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(stored, averaged, strict=True))
    assert not all(np.array_equal(one, other) for one, other in zip(stored, last, strict=True))


def test_a_vanilla_gan_has_its_own_history_and_no_critic_health(tmp_path, capsys):
    often = dict.fromkeys(EVERY) | {"log_every": 2, "show_progress": True}
    go(tmp_path, "gan", steps=5, **often)
    run = Run(tmp_path)
    logged = ["discriminator_loss", "fake_accuracy", "generator_loss", "real_accuracy"]
    assert list(run.history()) == ["step", "seconds", *logged]
    np.testing.assert_array_equal(run.history()["step"], [2, 4, 5])  # and always the last
    assert [step for step, _ in run.samples()] == [0, 1, 2, 3, 4, 5]
    assert not run.read("critic_health")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "step 5 of 5" in printed.err


def test_points_are_trained_on_like_images_and_drawn_over_the_real_ones(tmp_path):
    keras.utils.set_random_seed(0)
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    critic = keras.Sequential([keras.Input((2,)), layers.Dense(4, "relu"), layers.Dense(1)])
    model = WGANGP(generator, critic, latent_dim=3, critic_steps=2)
    model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), run_eagerly=True)
    run = Run(tmp_path / "points")
    train(
        model, toys.points_dataset(toys.ring_of_gaussians(60), "ring"), run, steps=2, batch_size=5, show_progress=False
    )
    assert np.isfinite(run.read("critic_health")["gradient_norm_between_50"]).all()
    assert [step for step, _ in run.samples()] == [0, 1, 2]
    assert np.asarray(Image.open(run.samples()[0][1])).shape == (240, 240, 3)


# ---- repeatable


def test_the_seed_alone_decides_the_weights(whole, tmp_path):
    def draw(model) -> None:
        keras.utils.set_random_seed(99)
        keras.random.normal((3,))

    assert_same_states(go(tmp_path / "again", at=AtStep(2, draw)), whole[1])
    assert_same_runs(tmp_path / "again", whole[0])
    other = go(tmp_path / "other", model={"seed": 6})
    kernels = [[v for name, v in m.state().items() if name.endswith(" kernel")] for m in (other, whole[1])]
    assert all(not np.array_equal(a, b) for a, b in zip(*kernels, strict=True))


def test_how_often_things_are_written_does_not_change_the_training(whole, tmp_path):
    options = {"log_every": 3, "sample_every": 5, "checkpoint_every": 100, "health_every": 100}
    model = go(tmp_path / "run", **options)
    assert_same_states(model, whole[1])
    np.testing.assert_array_equal(Run(tmp_path / "run").history()["step"], [3, 6, 7])


# ---- stopped and continued


@pytest.mark.parametrize("step", [1, 5])
def test_a_run_that_died_continues_to_the_same_end(whole, tmp_path, step):
    """With checkpoints at steps 3 and 6: before the first, and two steps after it."""
    folder = tmp_path / "run"
    with pytest.raises(Crash):
        go(folder, at=AtStep(step, crash))
    assert_same_states(go(folder), whole[1])
    assert_same_runs(folder, whole[0])
    assert (np.diff(Run(folder).history()["seconds"]) > 0).all()


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("gan", {"mirror": True}),
        ("wgan", {"model": {"dense": False, "batch_norm": True}}),
        ("wgangp", {"model": {"dense": False, "critic_steps": 2, "run_eagerly": False}}),
    ],
)
def test_the_other_models_and_convolutions_continue_to_the_same_end_too(tmp_path, kind, changes):
    straight = go(tmp_path / "straight", kind, steps=4, **changes)
    with pytest.raises(Crash):
        go(tmp_path / "broken", kind, steps=4, at=AtStep(3, crash), **{**changes, "checkpoint_every": 2})
    assert_same_states(go(tmp_path / "broken", kind, steps=4, **changes), straight)
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


def test_a_killed_process_is_continued_by_another_to_the_same_end(whole, tmp_path):
    folder = tmp_path / "run"
    signalled(folder, signal.SIGKILL)
    assert Run(folder).last_checkpoint_step() == 3
    assert len(Run(folder).history()["step"]) == 5
    assert_same_states(go(folder), whole[1])
    assert_same_runs(folder, whole[0])


def test_a_finished_run_is_left_as_it_is(whole, folder, capfd):
    (folder / "generator.keras").unlink()  # killed right before it was written
    before = contents(folder, ".csv", ".png", ".npz")
    for steps in (STEPS, 3):
        assert_same_states(go(folder, steps=steps), whole[1])  # the cells after the training need the trained model
    assert contents(folder, ".csv", ".png", ".npz") == before
    assert (folder / "generator.keras").exists()
    assert capfd.readouterr() == ("", "")  # a quiet training says nothing


def interrupt(model) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_stops_after_the_step_keeps_everything_and_continues(whole, tmp_path):
    """By the same model, as where the training's cell is run once more, and by a new one."""
    handler = signal.getsignal(signal.SIGINT)
    for name in ("same", "new"):
        run, model = Run(tmp_path / name, {"SEED": 5}), eager_model()
        with pytest.raises(TrainingInterrupted):
            train(model, tiny_images(), run, STEPS, 4, extra_callbacks=[AtStep(4, interrupt)], **EVERY)
        assert signal.getsignal(signal.SIGINT) is handler
        assert run.last_checkpoint_step() == len(run.history()["step"]) == 4
        assert (run.folder / "generator.keras").exists()
        model = model if name == "same" else eager_model()
        train(model, tiny_images(), run, STEPS, 4, **EVERY)
        assert_same_states(model, whole[1])
        assert_same_runs(run.folder, whole[0])


def test_a_second_interrupt_stops_at_once(tmp_path):
    def twice(model) -> None:
        interrupt(model)
        interrupt(model)

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt) as raised:
        go(tmp_path / "run", at=AtStep(4, twice))
    assert not isinstance(raised.value, TrainingInterrupted)
    assert signal.getsignal(signal.SIGINT) is handler
    assert Run(tmp_path / "run").last_checkpoint_step() == 3


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

    whole = go(tmp_path / "whole", steps=4, **fading(4))
    assert float(whole.optimizer.learning_rate) == 0
    go(tmp_path / "broken", steps=2, **fading(4))
    assert_same_states(go(tmp_path / "broken", steps=4, **fading(4)), whole)
    with pytest.raises(RunChanged, match=r"critic_optimizer\.learning_rate.*decay_steps.*generator_optimizer"):
        go(tmp_path / "broken", **fading(8))


# ---- what is refused


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"model": {"penalty_weight": 5.0}}, "penalty_weight was 10.0 and is now 5.0"),
        ({"model": {"seed": 6}}, "seed"),
        ({"model": {"learning_rate": 2e-3}}, r"critic_optimizer\.learning_rate"),
        ({"batch_size": 5}, "batch_size"),
        ({"mirror": True}, "mirror"),
        ({"kind": "wgan"}, "model was 'WGANGP' and is now 'WGAN'"),
    ],
)
def test_a_folder_with_another_run_is_refused_by_what_differs(whole, changes, named):
    before = contents(whole[0])
    with pytest.raises(RunChanged, match=named):
        go(whole[0], **changes)
    assert contents(whole[0]) == before


@pytest.mark.parametrize(
    ("replaced", "by", "named"),
    [
        ("softplus", "relu", "critic_architecture"),
        ("tanh", "relu", "generator_architecture"),
        ("Dropout(0.2", "Dropout(0.3", "critic_architecture"),
        ("momentum=0.8", "momentum=0.9", "generator_architecture"),
    ],
)
def test_another_network_with_the_same_weights_is_another_run(whole, monkeypatch, replaced, by, named):
    """The old weights would fit into it, and give a run that nobody can repeat."""
    source = inspect.getsource(tiny.dense_networks)
    assert replaced in source
    namespace = vars(tiny).copy()
    exec(source.replace(replaced, by), namespace)
    monkeypatch.setattr(tiny, "dense_networks", namespace["dense_networks"])
    with pytest.raises(RunChanged, match=named):
        go(whole[0])


def test_other_images_parameters_and_optimizers_are_another_run(whole):
    model = eager_model()
    with pytest.raises(RunChanged, match="data_sha256"):
        train(model, tiny_images(12, seed=3), Run(whole[0], {"SEED": 5}), STEPS, 4)
    with pytest.raises(RunChanged, match="SEED was 5 and is now 6; WIDTH"):
        train(model, tiny_images(), Run(whole[0], {"SEED": 6, "WIDTH": 2}), STEPS, 4)
    model.compile(keras.optimizers.AdamW(1e-3, beta_1=0.5), keras.optimizers.RMSprop(1e-3))
    with pytest.raises(RunChanged, match=r"critic_optimizer\.class was 'Adam' and is now 'AdamW'"):
        train(model, tiny_images(), Run(whole[0], {"SEED": 5}), STEPS, 4)


def images_of(shape: tuple[int, ...], dtype: str):
    images = tiny_images()
    object.__setattr__(images, "train", np.zeros(shape, dtype))
    return images


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        *(({name: 0}, name) for name in ("steps", "batch_size", "log_every", *EVERY, "health_images")),
        ({"images": images_of((10, 32, 32, 3), "uint8")}, r"\(8, 8, 1\).*\(32, 32, 3\)"),
        ({"images": images_of((600, 8, 8, 1), "uint8")}, "noise are all the same"),
        ({"extra_callbacks": [keras.callbacks.LearningRateScheduler(lambda epoch: 1e-3)]}, "LearningRateScheduler"),
        ({"extra_callbacks": [keras.callbacks.ReduceLROnPlateau()]}, "ReduceLROnPlateau"),
        ({"model": WGAN(tiny_generator(), tiny_critic(), LATENT_DIM)}, "model.compile"),
    ],
)
def test_what_can_not_be_trained_is_refused_before_anything_is_written(tmp_path, changes, named):
    with pytest.raises(ValueError, match=named):
        train(**{"model": eager_model(), "images": tiny_images(), "run": Run(tmp_path / "run"), "steps": 3, **changes})
    assert not (tmp_path / "run").exists()


def test_a_trained_model_cannot_begin_another_run(tmp_path):
    """Its weights would not be those that the second run's seed gives."""
    model = go(tmp_path / "one", steps=2)
    with pytest.raises(ValueError, match="2 steps already"):
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
    with pytest.raises(TrainingDiverged, match=rf"step {step + 1}, because \w+ is nan.*{kept or 'No checkpoint'}"):
        go(tmp_path, at=AtStep(step, spoil("critic")), log_every=100)
    assert signal.getsignal(signal.SIGINT) is handler
    assert Run(tmp_path).last_checkpoint_step() == kept
    if kept:
        assert all(np.isfinite(value).all() for value in Run(tmp_path).load_checkpoint()[1].values())


class SpoilEarly(keras.callbacks.Callback):
    """Weights that become infinite in the very update whose losses were still finite."""

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if batch == 1:
            spoil("generator")(self.model)


@pytest.mark.parametrize(("sample_every", "named"), [(2, "image"), (9, "kernel")])
def test_weights_that_are_not_finite_are_not_stored(tmp_path, monkeypatch, sample_every, named):
    """The spoiler stands first, so that nothing but the writers' own looks can notice."""
    original = keras.Model.fit

    def fit(self, *args, callbacks, **kwargs):
        return original(self, *args, callbacks=[SpoilEarly(), *callbacks], **kwargs)

    monkeypatch.setattr(keras.Model, "fit", fit)
    with pytest.raises(TrainingDiverged, match=named):
        go(tmp_path, sample_every=sample_every, checkpoint_every=2, health_every=9)
    assert Run(tmp_path).load_checkpoint() is None
    assert [step for step, _ in Run(tmp_path).samples()] == [0]


# ---- display


def test_a_live_figure_that_fails_does_not_end_the_training(monkeypatch, tmp_path):
    def broken() -> None:
        raise OSError("a half-written picture")

    progress = ShowProgress(Run(tmp_path), 3, every_seconds=0)
    monkeypatch.setattr(progress, "_show_figure", broken)
    monkeypatch.setattr("wgan_utils.training.progress._in_notebook", lambda: True)
    with pytest.warns(UserWarning, match="half-written picture"):
        go(tmp_path, steps=3, at=progress)
    assert list(Run(tmp_path).history()["step"]) == [1, 2, 3]


class Clock:
    """Seconds that pass when they are told to."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_progress_tells_the_rate_without_the_step_that_compiles(monkeypatch, tmp_path):
    clock, shown = Clock(), []
    monkeypatch.setattr("wgan_utils.training.progress.time", clock)
    progress = ShowProgress(Run(tmp_path), 1000, every_seconds=15)
    progress.set_model(eager_model())
    progress.on_train_begin()
    monkeypatch.setattr(
        progress, "show", lambda: shown.append(progress.text()) or setattr(progress, "shown", clock.now)
    )
    clock.now += 60  # compiling
    progress.on_train_batch_end(0)
    for batch in range(1, 21):
        clock.now += 2
        progress.on_train_batch_end(batch)
    assert len(shown) == 3  # at 60, 76 and 92 seconds, not at each step
    assert "step 9 of 1000, 0.5 steps a second, 33 min 2 s" in shown[1]
