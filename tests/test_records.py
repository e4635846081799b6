"""Records of time to quality: when a training has reached its target, what is timed, and what a series leaves out."""

from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import wgan_utils as wu
from benchmarks.records import __main__ as program
from benchmarks.records import sevens
from benchmarks.records.catalogue import RECORDS, shrunk
from benchmarks.records.recipe import build
from benchmarks.records.results import STORED, ratios, read_lines
from benchmarks.records.training import UntilGood, measure_of
from wgan_utils.data.datasets import Images


def ended(losses, distances):
    """Let steps take a second of a false clock and measurements a hundred; returns the callback at its end."""
    now, distances = [0], iter(distances)

    def measure(generator):
        now[0] += 100
        return {"frechet": next(distances)}

    until = UntilGood(measure, lambda found: found["frechet"] <= 1, every=2, clock=lambda: now[0])
    until.set_model(SimpleNamespace(stop_training=False, final_generator=None))
    for step, loss in enumerate(losses):
        until.on_train_batch_begin(step)
        now[0] += 1
        until.on_train_batch_end(step, {"loss": loss})
        if until.model.stop_training:
            break
    return until


def test_reached_means_two_good_measurements_in_a_row_and_measuring_takes_no_time():
    until = ended([0.0] * 20, [3, 1, 2, 0.9, 1, 0])
    assert (until.reached, until.steps, until.seconds, until.first_step) == (True, 10, 9, 1)
    assert until.measuring == 500
    assert not ended([0.0] * 5, [1, 2, 1]).reached


def test_a_loss_that_is_not_finite_ends_a_training_as_not_reached():
    until = ended([0.0, 0.0, np.nan, 0.0], [0.5, 0.5])
    assert (until.reached, until.steps) == (False, 3)


def test_a_series_leaves_out_what_is_done_and_refuses_another_recipe_of_the_same_name(tmp_path, monkeypatch):
    trained, file = [], tmp_path / "records.csv"

    def train(record, recipe, seed, standin):
        trained.append((recipe.change, seed))
        if len(trained) == 3:
            raise KeyboardInterrupt
        seconds = 10.0 if recipe.change == "slow" else 4.0 + seed
        clock = {"seconds": seconds, "first_step": 1, "measuring": 1, "curve": []}
        return SimpleNamespace(reached=True, steps=2, model=SimpleNamespace(final_generator=None), **clock), 8, 9

    monkeypatch.setattr(program, "train", train)
    monkeypatch.setattr(program, "save_images", lambda generator, path, seed: path.touch())
    today = sevens.TODAY
    record = replace(
        sevens.RECORD, rows={"today": replace(today, change="slow"), "fast": replace(today, critic_steps=1)}
    )
    with pytest.raises(KeyboardInterrupt):
        program.series("sevens", record, ["today", "fast"], [0, 1], file)
    program.series("sevens", record, ["today", "fast"], [0, 1], file)
    assert [seed for _, seed in trained] == [0, 0, 1, 1, 1]
    lines = read_lines(file)
    assert ratios(lines, "fast") == [0.4, 0.5]
    assert ratios([line._replace(reached=line.row == "fast") for line in lines], "fast") == [0.4, 0.5]
    assert ratios([line._replace(reached=line.row == "today") for line in lines], "fast") == []
    with pytest.raises(ValueError, match="fast"):
        program.series("sevens", replace(record, rows={"fast": today}), ["fast"], [2], file)


def test_what_is_stored_was_trained_by_the_recipes_that_are_there():
    for line in read_lines(STORED):
        assert line.recipe == RECORDS[line.record].fingerprint(line.row)


def test_the_distance_is_the_one_that_the_lessons_print():
    pixels = np.random.default_rng(0).integers(0, 256, (60, 28, 28, 1), dtype=np.uint8)
    images = Images(pixels[:40], pixels[40:], np.full(40, 7), np.full(20, 7), "noise", "made by a test")
    model = build(shrunk(sevens.RECORD).rows["today"], seed=3)
    found = measure_of(replace(sevens.RECORD, called=0.1), images, seed=3)(model.averaged)
    wanted = wu.evaluate(model.averaged, images, wu.load_classifier("digits"), seed=3)
    assert found["frechet"] == wanted["frechet"].value


def test_shared_images_teach_the_generator_what_images_of_its_own_would(monkeypatch):
    # One update of the critic, at a rate of 0, and always the same latent vectors: only who makes the images differs.
    how = {"critic_steps": 1, "optimizer": keras.optimizers.SGD, "rates": (0.0, 100.0)}
    changes = []
    for kind in (wu.WGAN, sevens.SharedImages):
        model = build(replace(shrunk(sevens.RECORD).rows["today"], model=kind, **how), seed=0)
        latent = wu.latent_vectors(4, 50, seed=1)
        monkeypatch.setattr(model, "draw_latent", lambda n, latent=latent: wu.as_inputs(latent))
        before = [w.numpy() for w in model.generator.trainable_variables]
        model.train_on_batch(np.zeros((4, 1, 28, 28, 1), np.uint8))
        after = [w.numpy() for w in model.generator.trainable_variables]
        changes.append(np.concatenate([(new - old).ravel() for new, old in zip(after, before, strict=True)]))
    assert np.linalg.norm(changes[0] - changes[1]) < 1e-3 * np.linalg.norm(changes[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "row"),
    [
        (name, row)
        for name, record in RECORDS.items()
        for row in record.rows
        if record.rows[row].model != sevens.hand_written
    ],
)
def test_every_recipe_trains(name, row, tmp_path):
    program.main([name, "--row", row, "--smoke", "--output", str(tmp_path)])
    (line,) = read_lines(tmp_path / "smoke.csv")
    assert (tmp_path / f"smoke_curves, {name}, {row}, 0.png").exists()
    assert (line.steps, line.reached) == (4, False)
