"""Shipped trainings come back as they were stored, and damage is noticed."""

import dataclasses
import json
import re
import shutil
import zipfile
from pathlib import Path

import imageio.v3 as imageio
import keras
import numpy as np
import pytest

from scripts.ship_generator import change_card, save_pretrained
from tests.refused import refused
from tests.tiny import tiny_images
from wgan_utils.gan import networks
from wgan_utils.gan.networks import generate, latent_vectors
from wgan_utils.metrics.evaluation import Metric
from wgan_utils.models import WGAN
from wgan_utils.training.run import Run
from wgan_utils.training.train import load_pretrained_run, train
from wgan_utils.zoo.generators import FOLDER, load_pretrained, pretrained, pretrained_seeds, shipped_files

WIDTH = 0.0625
CARD = {
    "lesson": "02",
    "networks": {"generator": "sevens_generator", "critic": "sevens_critic"},
    "width": WIDTH,
    "metrics": {},
    "failings": "all",
    "terms": "none",
}


def lesson_model(seed: int, **settings) -> WGAN:
    keras.utils.set_random_seed(seed)
    parts = networks.sevens_generator(WIDTH, 5), networks.sevens_critic(WIDTH, batch_norm=False)
    model = WGAN(*parts, 5, critic_steps=1, **settings)
    model.compile(keras.optimizers.RMSprop(0.01), keras.optimizers.RMSprop(0.01), run_eagerly=True)
    return model


def trained(folder: Path, steps: int, seed: int = 0, **settings) -> tuple[WGAN, Run]:
    pixels = np.random.default_rng(0).integers(0, 256, (10, 28, 28, 1), dtype=np.uint8)
    images = dataclasses.replace(tiny_images(), train=pixels, test=pixels[:3])
    model, run = lesson_model(seed, **settings), Run(folder, {"STEPS": steps, "SEEDS": 4, "DATA_DIR": "secret"})
    train(model, images, run, steps=steps, batch_size=4, show_progress=False)
    return model, run


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A folder with one training in it, the model it was made from, and its run."""
    folder = tmp_path_factory.mktemp("pretrained")
    model, run = trained(folder / "run", 3)
    _, trial = trained(folder / "run" / "trial", 2, seed=2)
    run.write_json("seconds.json", {"GAN": 0.5})
    trial.append("quality", {"step": 2, "frechet_distance": 7})
    trial.write_json("metrics.json", {"metrics": {}})
    save_pretrained("toy", model, run, CARD, folder / "shipped")
    return folder / "shipped", model, run


@pytest.fixture
def harmed(shipped, tmp_path):
    """A function that changes one file of the zip's, and returns the folder that this other zip is in."""

    def harm(name: str, change) -> Path:
        (tmp_path / "shipped").mkdir()
        with zipfile.ZipFile(shipped[0] / "toy.zip") as whole:
            files = {path: whole.read(path) for path in whole.namelist()}
        changed = change(files[name])
        assert changed != files[name]
        with zipfile.ZipFile(tmp_path / "shipped" / "toy.zip", "w") as archive:
            for path, content in {**files, name: changed}.items():
                archive.writestr(path, content)
        return tmp_path / "shipped"

    return harm


@pytest.mark.parametrize("name", pretrained())
def test_what_is_shipped_names_its_metrics_by_id(name):
    """A lesson that reads a shipped measurement finds in it what it would have measured itself."""
    card = pretrained()[name]
    metrics = card["metrics"]["metrics"]
    assert {"frechet", "kernel", "precision", "recall", "density", "coverage", "sliced_wasserstein"} < set(metrics)
    for id, row in metrics.items():
        assert re.fullmatch("[a-z_0-9]+", id)
        assert set(row) == {field.name for field in dataclasses.fields(Metric)} - {"id"}
        assert row["better"] in ("lower", "higher", "baseline")
    assert all({"frechet"} < set(numbers) for numbers in card["seeds"].values())
    files = {path: file for path, file in shipped_files(name).items() if path.endswith(".json")}
    assert all(isinstance(json.loads(file.read_bytes()), dict) for file in files.values())


def test_a_generator_comes_back_in_half_precision(shipped):
    folder, model, _ = shipped
    generator, card = load_pretrained("toy", folder)
    for loaded, original in zip(generator.get_weights(), model.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, original.astype("float16").astype("float32"))
    assert card["steps"] == 3
    assert card["data"]["name"] == "noise"
    assert "secret" not in json.dumps(card)
    assert pretrained(folder) == {"toy": card}
    assert not any("checkpoint" in path for path in shipped_files("toy", folder))


def test_a_zip_is_the_same_whenever_it_is_made(shipped, tmp_path):
    shutil.copy(shipped[0] / "toy.zip", tmp_path)
    change_card("toy", pretrained(tmp_path)["toy"] | {"terms": "others"}, tmp_path)
    assert pretrained(tmp_path)["toy"]["terms"] == "others"
    change_card("toy", pretrained(shipped[0])["toy"], tmp_path)
    assert (tmp_path / "toy.zip").read_bytes() == (shipped[0] / "toy.zip").read_bytes()


def test_the_seeds_of_a_card_stand_side_by_side(shipped, tmp_path):
    shutil.copy(shipped[0] / "toy.zip", tmp_path)
    seeds = {"0": {"steps": 4800, "frechet": 6.4391, "own": 2.0}, "12": {"steps": 480, "frechet": 7.0, "own": 1 / 3}}
    metrics = {"metrics": {"frechet": {"title": "Fréchet distance"}}}
    change_card("toy", pretrained(tmp_path)["toy"] | {"seeds": seeds, "metrics": metrics}, tmp_path)
    rows = [line.split() for line in pretrained_seeds("toy", tmp_path).splitlines()]
    assert rows[:2] == [["seed", "0", "12"], ["steps", "4,800", "480"]]
    assert rows[2:] == [["Fréchet", "distance", "6.44", "7"], ["own", "2", "0.333"]]


def test_a_training_can_be_replaced_by_the_shipped_one(shipped, tmp_path):
    latent, (folder, _, run) = latent_vectors(4, 5, seed=0), shipped
    loaded, _ = load_pretrained("toy", folder)
    other, empty = lesson_model(1), Run(tmp_path / "run", {})
    history = load_pretrained_run("toy", other, empty, folder)
    np.testing.assert_array_equal(history["critic_loss"], run.history()["critic_loss"])
    np.testing.assert_array_equal(generate(other.generator, latent), generate(loaded, latent))
    saved = keras.saving.load_model(empty.folder / "generator.keras")
    images = (generate(network, latent).astype(int) for network in (saved, loaded))
    np.testing.assert_allclose(*images, rtol=0, atol=1)  # sums in another order may round to either of two levels
    for file in ("seconds.json", "trial/metrics.json", "trial/quality.csv"):
        assert (empty.folder / file).read_bytes() == (run.folder / file).read_bytes()
    assert [step for step, _ in empty.samples()] == [step for step, _ in run.samples()]
    for file in ("samples/step_000003.png", "trial/samples/step_000002.png"):  # in 52 levels of grey
        kept, grid = (imageio.imread(at / file) for at in (empty.folder, run.folder))
        np.testing.assert_allclose(kept, grid, atol=2)
    load_pretrained_run("toy", other, empty, folder)  # a notebook may run twice
    shutil.rmtree(empty.folder)  # and a reader may start over
    load_pretrained_run("toy", other, empty, folder)


def test_train_trains_where_the_run_does_not_say_otherwise_and_knows_what_ships(tmp_path):
    run, options = Run(tmp_path / "run", {"TRAIN": True}), {"steps": 2, "batch_size": 4}
    model = WGAN(networks.sevens_generator(WIDTH, 5), networks.sevens_critic(WIDTH, batch_norm=False), 5)
    for shipped, named in (("sevens", "compile("), ("tens", "'tens'")):  # as what is trained has to be; and unknown
        with refused(naming=named):
            train(model, tiny_images(), run, shipped=shipped, **options)


def test_what_is_shipped_says_so_where_the_step_is_another(shipped, tmp_path, capsys):
    class Mine(WGAN):
        def generator_loss(self, fake_scores):
            return -keras.ops.mean(fake_scores)

    for number, (kind, said) in enumerate([(WGAN, False), (Mine, True)]):
        parts = networks.sevens_generator(WIDTH, 5), networks.sevens_critic(WIDTH, batch_norm=False)
        load_pretrained_run("toy", kind(*parts, 5), Run(tmp_path / str(number)), shipped[0])
        assert capsys.readouterr().out.count("'toy'") == 1 + said


def test_a_run_with_checkpoints_is_not_overwritten(shipped):
    folder, model, run = shipped
    with refused(naming="RUN_NAME"):
        load_pretrained_run("toy", model, run, folder)


CARDS = {
    "cut in half": (lambda text: text[: len(text) // 2], "card.json"),
    "without its steps": (lambda text: text.replace(b'"steps":', b'"stops":'), "steps"),
    "of another width": (lambda text: text.replace(b'"width": 0.0625', b'"width": 0.125'), "generator.npz"),
}


@pytest.mark.parametrize(("change", "named"), CARDS.values(), ids=CARDS)
def test_a_card_that_is_no_good_is_refused_by_name(harmed, change, named):
    folder = harmed("card.json", change)
    with refused(naming=named):
        load_pretrained("toy", folder)


def test_where_the_weights_are_damaged_none_is_set_and_nothing_written(harmed, tmp_path):
    folder, model = harmed("generator.npz", lambda weights: weights[:-1]), lesson_model(1)
    before = model.generator.get_weights()
    with refused(naming="generator.npz"):
        load_pretrained_run("toy", model, Run(tmp_path / "run"), folder)
    assert all(map(np.array_equal, before, model.generator.get_weights()))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("damage", [lambda zip: zip[:-9], lambda zip: b"", lambda zip: zip[:900] + b"x" + zip[901:]])
def test_a_damaged_zip_is_refused_by_name(shipped, tmp_path, damage):
    (tmp_path / "toy.zip").write_bytes(damage((shipped[0] / "toy.zip").read_bytes()))
    for ask in (lambda: load_pretrained("toy", tmp_path), lambda: pretrained(tmp_path)):
        with refused(naming="toy.zip"):
            ask()


def test_of_a_training_with_an_average_the_average_is_shipped_and_no_critic(tmp_path, capsys):
    model, run = trained(tmp_path / "run", 3, ema_momentum=0.5)
    save_pretrained("toy", model, run, CARD, tmp_path / "shipped", samples_every=2)
    kept = [Path(path).name for path in shipped_files("toy", tmp_path / "shipped") if path.startswith("samples/")]
    assert kept == ["step_000000.png", "step_000002.png", "step_000003.png"]  # every second, and the last
    loaded, averaged, last = (
        network.get_weights()[0].astype("float16")
        for network in (load_pretrained("toy", tmp_path / "shipped")[0], model.averaged, model.generator)
    )
    np.testing.assert_array_equal(loaded, averaged)
    assert not np.array_equal(averaged, last)
    other = lesson_model(1)
    before = other.critic.get_weights()
    load_pretrained_run("toy", other, Run(tmp_path / "other"), tmp_path / "shipped")
    np.testing.assert_array_equal(other.generator.get_weights()[0].astype("float16"), averaged)
    assert all(map(np.array_equal, other.critic.get_weights(), before))
    assert "'toy'" in capsys.readouterr().out


def test_what_ships_leaves_the_wheel_below_its_12_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.parent.glob("*/*.zip")) < 11e6
