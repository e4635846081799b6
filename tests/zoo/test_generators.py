"""Shipped generators come back as they were stored, and damage is noticed."""

import dataclasses
import json
import re
import shutil

import keras
import numpy as np
import pytest

from tests.tiny import assert_same_images, tiny_images
from wgan_utils.gan import networks
from wgan_utils.gan.models import WGAN
from wgan_utils.gan.sampling import generate, latent_vectors
from wgan_utils.gan.weights import load_weights, save_weights
from wgan_utils.metrics.distances import Metric
from wgan_utils.metrics.evaluation import SIGNS
from wgan_utils.runs.run import Run
from wgan_utils.training.train import train
from wgan_utils.zoo.generators import (
    FOLDER,
    load_pretrained,
    pretrained,
    restore_pretrained,
    save_pretrained,
    seeds_table,
)

WIDTH = 0.0625


def lesson_model(seed: int) -> WGAN:
    keras.utils.set_random_seed(seed)
    model = WGAN(networks.sevens_generator(WIDTH, 5), networks.sevens_critic(WIDTH), 5, critic_steps=1)
    model.compile(keras.optimizers.RMSprop(0.01), keras.optimizers.RMSprop(0.01))
    return model


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A folder with one generator in it, the model it was made from, and its run."""
    folder = tmp_path_factory.mktemp("pretrained")
    pixels = np.random.default_rng(0).integers(0, 256, (10, 28, 28, 1), dtype=np.uint8)
    images = type(tiny_images())(pixels, pixels[:3], None, None, "noise", "made by a test", "sha", False, "")
    model, run = lesson_model(0), Run(folder / "run", {"STEPS": 3, "SEEDS": 4, "DATA_DIR": "secret"})
    train(model, images, run, steps=3, batch_size=4)
    trial = Run(run.folder / "trial")
    train(lesson_model(2), images, trial, steps=2, batch_size=4)
    run.write_json("seconds.json", {"GAN": 0.5})
    trial.append("quality", {"step": 2, "frechet_distance": 7})
    trial.write_json("metrics.json", {"metrics": {}})
    card = {
        "lesson": "02",
        "networks": {"generator": "sevens_generator", "critic": "sevens_critic"},
        "width": WIDTH,
        "metrics": {},
        "failings": "all",
        "terms": "none",
    }
    save_pretrained("toy", model, run, card, folder / "shipped")
    return folder / "shipped", model, run


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.json")), ids=lambda path: "/".join(path.parts[-3:]))
def test_what_is_shipped_names_its_metrics_by_id(path):
    """A lesson that reads a shipped measurement finds in it what it would have measured itself."""
    content = json.loads(path.read_text("utf-8"))
    if path.name == "seconds.json":
        assert all(value > 0 for value in content.values())
        return
    if path.parts[-3:] == ("trials", "vae", "metrics.json"):  # no evaluation, but how long it took and what it reached
        assert content["seconds"] > 0
        assert content["losses"][-1] < content["losses"][0]
        return
    if path.parent.name.startswith("published_"):  # a classifier's verdict on each grid of a recipe that is no lesson's
        assert all(0 <= share <= 1 for _, share in content["shares"])
        return
    if "horses" in path.parts and "trials" in path.parts[-3:-2]:  # the trial of clipping: a few numbers each
        assert set(content) == {"recall", "sliced_wasserstein", "kernel distance", "slope", "at bound"}
        assert all(0 <= share <= 1 for layers in content["at bound"].values() for share in layers)
        return
    metrics = (content["metrics"] if path.name == "card.json" else content)["metrics"]
    assert {"frechet", "kernel", "precision", "recall", "density", "coverage", "sliced_wasserstein"} < set(metrics)
    fields = {field.name for field in dataclasses.fields(Metric)} - {"id"}
    for id, row in metrics.items():
        assert re.fullmatch("[a-z_0-9]+", id)
        assert set(row) == fields
        assert row["better"] in SIGNS
    if path.name == "card.json":
        assert all({"frechet", "coverage"} < set(numbers) for numbers in content["seeds"].values())


def test_a_generator_comes_back_in_half_precision(shipped):
    folder, model, _ = shipped
    generator, card = load_pretrained("toy", folder)
    for loaded, original in zip(generator.get_weights(), model.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, original.astype("float16").astype("float32"))
    assert card["steps"] == 3
    assert card["data"]["name"] == "noise"
    assert "secret" not in (folder / "toy" / "card.json").read_text()
    assert set(pretrained(folder)) == {"toy"}


def test_the_seeds_of_a_card_stand_side_by_side(shipped, tmp_path):
    (tmp_path / "toy").mkdir()
    other = {"frechet": 10.0, "steps": 480, "slope": 0.5, "itself": 1.4e-14}  # a distance to itself, rounded
    seeds = {"0": {"frechet": 6.4391, "steps": 4800}, "12": other}
    card = json.loads((shipped[0] / "toy" / "card.json").read_text())
    (tmp_path / "toy" / "card.json").write_text(json.dumps(card | {"seeds": seeds}))
    assert seeds_table("toy", tmp_path).splitlines() == [
        "seed           0       12",
        "frechet     6.44       10",
        "steps      4,800      480",
        "slope          –      0.5",
        "itself         –        0",
    ]


def test_a_training_can_be_replaced_by_the_shipped_one(shipped, tmp_path):
    folder, _, run = shipped
    other, empty = lesson_model(1), Run(tmp_path / "run", {})
    history = restore_pretrained("toy", other, empty, folder)
    np.testing.assert_array_equal(history["critic_loss"], run.history()["critic_loss"])
    assert [step for step, _ in empty.samples()] == [step for step, _ in run.samples()]
    latent = latent_vectors(4, 5, seed=0)
    loaded, _ = load_pretrained("toy", folder)
    np.testing.assert_array_equal(generate(other.generator, latent), generate(loaded, latent))
    # Keras's own convolution adds the same products in another order than `few_filters`.
    saved = keras.saving.load_model(empty.folder / "generator.keras")
    assert_same_images(generate(saved, latent), generate(loaded, latent))
    trial = Run(empty.folder / "trial")
    assert list(trial.history()["step"]) == [1, 2]
    assert (empty.folder / "seconds.json").read_text() == (run.folder / "seconds.json").read_text()
    assert list(trial.read("quality")["frechet_distance"]) == [7]
    assert (trial.folder / "metrics.json").read_text() == (run.folder / "trial" / "metrics.json").read_text()
    assert [step for step, _ in trial.samples()] == [2]
    restore_pretrained("toy", other, empty, folder)  # a notebook may run twice


def test_a_run_with_checkpoints_is_not_overwritten(shipped):
    folder, model, run = shipped
    with pytest.raises(ValueError, match="RUN_NAME"):
        restore_pretrained("toy", model, run, folder)


def test_an_unknown_name_is_answered_with_the_known_ones(shipped):
    with pytest.raises(ValueError, match=r"'tois'; there are: toy"):
        load_pretrained("tois", shipped[0])


def test_a_damaged_file_is_refused_and_changes_nothing(tmp_path):
    network = networks.sevens_critic(WIDTH)
    digest = save_weights(tmp_path / "w.npz", network)
    content = bytearray((tmp_path / "w.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "w.npz").write_bytes(content)
    before = network.get_weights()
    with pytest.raises(ValueError, match=r"w\.npz is damaged"):
        load_weights(tmp_path / "w.npz", network, digest)
    assert all(np.array_equal(a, b) for a, b in zip(before, network.get_weights(), strict=True))


CARDS = {
    "cut in half": (lambda text: text[: len(text) // 2], r"card\.json is damaged \("),
    "no text": (lambda text: text + b"\xff", r"card\.json is damaged \("),
    "without its hashes": (lambda text: text.replace(b'"sha256": {', b'"sha257": {'), "it lacks sha256"),
    "with a hash for another part": (lambda text: text.replace(b'"critic":', b'"critics":'), "no critic where it"),
    "of networks this version lacks": (
        lambda text: text.replace(b'"sevens_generator"', b'"tens_generator"'),
        r"toy/card\.json names the network 'tens_generator'.*newer version",
    ),
    "of a width that can't be": (lambda text: text.replace(b'"width": 0.0625', b'"width": 625'), "no such size"),
    "of another width": (lambda text: text.replace(b'"width": 0.0625', b'"width": 0.125'), "of other shapes"),
    "with another hash": (lambda text: text.replace(b'"generator": "', b'"generator": "0', 2), "names|SHA-256"),
}


@pytest.mark.parametrize(("change", "message"), CARDS.values(), ids=CARDS)
def test_a_card_that_is_no_good_is_refused_by_name(shipped, tmp_path, change, message):
    folder = shutil.copytree(shipped[0], tmp_path / "shipped")
    card = folder / "toy" / "card.json"
    changed = change(card.read_bytes())
    assert changed != card.read_bytes()
    card.write_bytes(changed)
    with pytest.raises(ValueError, match=message):
        load_pretrained("toy", folder)


@pytest.mark.parametrize("part", ["generator", "critic"])
def test_where_one_of_two_networks_is_damaged_neither_is_set_and_nothing_written(shipped, tmp_path, part):
    folder = shutil.copytree(shipped[0], tmp_path / "shipped")
    weights = folder / "toy" / f"{part}.npz"
    weights.write_bytes(weights.read_bytes()[:-1])
    model = lesson_model(1)
    before = [*model.generator.get_weights(), *model.critic.get_weights()]
    with pytest.raises(ValueError, match=rf"{part}\.npz is damaged"):
        restore_pretrained("toy", model, Run(tmp_path / "run"), folder)
    after = [*model.generator.get_weights(), *model.critic.get_weights()]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert not (tmp_path / "run").exists()


def test_weights_of_another_network_are_refused(tmp_path):
    digest = save_weights(tmp_path / "w.npz", networks.sevens_critic(WIDTH))
    with pytest.raises(ValueError, match="other shapes"):
        load_weights(tmp_path / "w.npz", networks.sevens_critic(2 * WIDTH), digest)


def test_of_a_training_with_an_average_the_average_is_shipped(tmp_path):
    keras.utils.set_random_seed(0)
    parts = networks.sevens_generator(WIDTH, 5), networks.sevens_critic(WIDTH)
    model = WGAN(*parts, 5, critic_steps=1, ema_momentum=0.5)
    model.compile(keras.optimizers.RMSprop(1e-2), keras.optimizers.RMSprop(1e-2))
    pixels = np.random.default_rng(0).integers(0, 256, (10, 28, 28, 1), dtype=np.uint8)
    images = type(tiny_images())(pixels, pixels[:3], None, None, "noise", "made by a test", "sha", False, "")
    run = Run(tmp_path / "run", {"STEPS": 3})
    train(model, images, run, steps=3, batch_size=4, show_progress=False)
    names = {"generator": "sevens_generator", "critic": "sevens_critic"}
    card = {"lesson": "02", "networks": names, "width": WIDTH, "metrics": {}, "failings": "all", "terms": "none"}
    save_pretrained("toy", model, run, card, tmp_path / "shipped", samples_every=2)
    kept = sorted(path.name for path in (tmp_path / "shipped" / "toy" / "samples").iterdir())
    assert kept == ["step_000000.png", "step_000002.png", "step_000003.png"]  # every second, and the last
    loaded, _ = load_pretrained("toy", tmp_path / "shipped")
    averaged, last = (network.get_weights()[0].astype("float16") for network in (model.averaged, model.generator))
    np.testing.assert_array_equal(loaded.get_weights()[0], averaged.astype("float32"))
    assert not np.array_equal(averaged, last)
