"""Faults around a training that take no time to make: a folder that goes, files that change, losses that explode."""

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from tests.tiny import tiny_images, tiny_model
from tests.training.test_train import EVERY, STEPS, AtStep, assert_same_runs, assert_same_states, go, signalled
from wgan_utils.data.datasets import Images
from wgan_utils.gan.models import GAN
from wgan_utils.runs import checkpoints
from wgan_utils.runs.checkpoints import CheckpointError
from wgan_utils.runs.lock import RunUnwritable
from wgan_utils.runs.run import Run, RunChanged
from wgan_utils.training.callbacks import LIMIT, TrainingDiverged
from wgan_utils.training.train import train


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, GAN]:
    folder = tmp_path_factory.mktemp("whole") / "run"
    return folder, go(folder)


@pytest.fixture
def folder(whole, tmp_path) -> Path:
    """A finished run, to be harmed."""
    return Path(shutil.copytree(whole[0], tmp_path / "run"))


def test_a_folder_that_is_deleted_under_way_is_not_made_again_with_half_a_run_in_it(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(RunUnwritable, match=r"deleted or moved away while it was trained.*run again to start over"):
        go(folder, at=AtStep(4, lambda model: shutil.rmtree(folder)))
    assert not folder.exists()


def test_a_folder_that_is_moved_under_way_can_be_continued_where_it_is(whole, tmp_path):
    """And another run may begin in its place meanwhile: it is left alone."""
    folder, moved = tmp_path / "run", tmp_path / "moved"

    def move(model) -> None:
        folder.rename(moved)
        folder.mkdir()
        (folder / "writer.lock").touch()

    with pytest.raises(RunUnwritable, match="deleted or moved away"):
        go(folder, at=AtStep(4, move))
    assert [path.name for path in folder.iterdir()] == ["writer.lock"]
    assert_same_states(go(moved), whole[1])
    assert_same_runs(moved, whole[0])


def test_sigterm_ends_the_process_once_the_step_is_done_and_kept(whole, tmp_path):
    folder = tmp_path / "run"
    ended = signalled(folder, signal.SIGTERM)
    assert "Interrupted at step 5 of 7. Everything is kept; run again to continue." in ended.stderr
    assert Run(folder).last_checkpoint_step() == 5
    assert_same_states(go(folder), whole[1])
    assert_same_runs(folder, whole[0])


def test_sigterm_reaches_whoever_else_handles_it(tmp_path):
    heard = []
    previous = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with pytest.raises(KeyboardInterrupt, match="at step 4 of 7"):
            go(tmp_path / "run", at=AtStep(4, lambda model: os.kill(os.getpid(), signal.SIGTERM)))
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert heard == [signal.SIGTERM]


# ---- checkpoints that are not what they should be


def rewrite(path: Path, change) -> None:
    """Change a checkpoint's arrays, and write a whole file of them."""
    with np.load(path) as stored:
        arrays = dict(stored)
    change(arrays)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def of_another_network(arrays: dict[str, np.ndarray]) -> None:
    name = next(name for name in arrays if name.endswith(" kernel"))
    arrays[name] = np.concatenate([arrays[name], arrays[name]])


def of_a_newer_format(arrays: dict[str, np.ndarray]) -> None:
    arrays["format"] = np.array(checkpoints.FORMAT + 1)


def of_another_type(arrays: dict[str, np.ndarray]) -> None:
    """Found out before the first of them is set, not by an error halfway."""
    name = [name for name in arrays if name.endswith(" kernel")][-1]
    arrays[name] = np.full(arrays[name].shape, "one")


def of_another_step(arrays: dict[str, np.ndarray]) -> None:
    (name,) = (name for name in arrays if name.endswith("steps_done"))
    arrays[name] = np.array(6, arrays[name].dtype)


CHANGES = {
    of_another_network: "does not fit this model .* first that differs is 'kernel'",
    of_a_newer_format: "the format 2 of a newer version of wgan_utils, and this one knows 1",
    of_another_type: "does not fit this model .* first that differs is 'kernel'",
    of_another_step: "holds step 6: it was renamed, or written by something else",
}


@pytest.mark.parametrize(("change", "message"), CHANGES.items(), ids=[change.__name__ for change in CHANGES])
def test_a_checkpoint_that_is_no_good_is_named_and_the_one_before_is_used(whole, folder, change, message):
    rewrite(folder / "checkpoints" / "step_000007.npz", change)
    with pytest.warns(UserWarning, match=rf"/run goes on from step 6: of .* step_000007\.npz \(.*{message}"):
        model = go(folder)
    assert_same_states(model, whole[1])
    assert_same_runs(folder, whole[0])


def test_where_none_is_any_good_nothing_is_touched_and_the_model_neither(folder):
    for step in (6, 7):
        rewrite(folder / "checkpoints" / f"step_{step:06d}.npz", of_another_type)
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"}
    model = tiny_model("wgangp", dense=True, critic_steps=1)
    before = model.state()
    with pytest.raises(CheckpointError, match=r"can't go on: .*step_000007.*step_000006.* Delete its folder"):
        train(model, tiny_images(), Run(folder, {"SEED": 5}), 9, 4, **EVERY)
    assert all(np.array_equal(value, before[name]) for name, value in model.state().items())
    assert {path: path.read_bytes() for path in kept} == kept


def test_the_first_checkpoints_which_told_no_format_are_read(whole, folder):
    for step in (6, 7):
        rewrite(folder / "checkpoints" / f"step_{step:06d}.npz", lambda arrays: arrays.pop("format"))
    assert_same_states(go(folder), whole[1])


# ---- and the other files of a run


@pytest.mark.parametrize("content", ["", "{", '{"parameters": {}}', "[1]", "\udcff", "[" * 100_000], ids=[*"012345"])
def test_a_damaged_configuration_is_refused_by_name(folder, content):
    kept = (folder / "history.csv").read_bytes()
    (folder / "config.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=r"config\.json is damaged .*/run\)'s back, or delete the run's folder"):
        go(folder, steps=9)
    assert (folder / "history.csv").read_bytes() == kept


def test_checkpoints_without_a_configuration_are_nobodys(folder):
    (folder / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"has checkpoints and no config\.json"):
        go(folder, steps=9)


def test_a_shipped_trainings_folder_is_not_trained_in(folder):
    config = json.loads((folder / "config.json").read_text("utf-8"))
    del config["parameters"]
    (folder / "config.json").write_text(json.dumps({**config, "pretrained": "sevens"}))
    shutil.rmtree(folder / "checkpoints")
    with pytest.raises(RunChanged, match=r"shows the training of 'sevens' that ships with the library.*RUN_NAME"):
        go(folder)


@pytest.mark.parametrize("damage", [b"\0" * 40, b"4,x", b"4,1,2", b"\xff", b"1,.1,0,0,0,0,0,0"], ids=[*"01234"])
def test_a_damaged_history_is_refused_by_name_before_anything_is_cut(folder, damage):
    lines = (folder / "history.csv").read_bytes().splitlines()
    content = b"\n".join([*lines[:4], damage, *lines[5:], b""])
    (folder / "history.csv").write_bytes(content)
    samples = len(Run(folder).samples())
    with pytest.raises(ValueError, match=r"run/history\.csv is damaged \(.*\); put a copy back"):
        go(folder, steps=9)
    assert (folder / "history.csv").read_bytes() == content
    assert len(Run(folder).samples()) == samples


def test_rows_are_on_the_disk_before_the_checkpoint_that_counts_on_them(tmp_path, monkeypatch):
    """Of which only a power failure would tell."""
    flushed, sync = [], os.fsync

    def record(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    run = Run(tmp_path)
    run.append("history", {"step": 1, "loss": 2.0})
    monkeypatch.setattr(os, "fsync", record)
    run.save_checkpoint(1, {"weight": np.zeros(3)})
    files = [tmp_path / "history.csv", tmp_path / "checkpoints" / "step_000001.npz"]
    assert flushed == [path.stat().st_ino for path in files]


# ---- losses that explode, and data with nothing in it


def test_a_loss_too_large_to_compute_with_stops_the_training_with_advice_and_keeps_what_there_is(tmp_path):
    """Learning rate 10: nothing becomes infinite, everything becomes huge."""
    folder = tmp_path / "run"
    model = tiny_model("wgan", learning_rate=10.0, dense=True, critic_steps=1, clip_value=1e9)
    message = r"stopped at step \d+, because \w+ is -?\d.*beyond what a float32 .*Lower the learning rate or strengthen"
    with pytest.raises(TrainingDiverged, match=message):
        train(model, tiny_images(), Run(folder), 400, 4, show_progress=False, health_every=400, checkpoint_every=1)
    history = Run(folder).history()
    assert len(history["step"]) >= 1
    assert max(abs(history["critic_loss"])) <= LIMIT
    step, state = Run(folder).load_checkpoint()
    assert step == history["step"][-1]
    assert len(Run(folder).samples()) >= 1
    assert all(np.isfinite(value).all() for value in state.values())


def test_a_penalty_too_weak_to_hold_anything_is_stopped_too(tmp_path):
    model = tiny_model("wgangp", learning_rate=1.0, dense=True, critic_steps=1, penalty_weight=1e-12)
    with pytest.raises(TrainingDiverged, match="strengthen the constraint"):
        train(model, tiny_images(), Run(tmp_path / "run"), 400, 4, show_progress=False, health_every=400)
    assert len(Run(tmp_path / "run").samples()) >= 1


def test_images_that_are_all_the_same_are_refused_before_anything_is_written(tmp_path):
    pixels = np.full((600, 8, 8, 1), 77, np.uint8)
    constant = Images(pixels, pixels[:2], None, None, "grey", "made by a test", "sha", False, "")
    with pytest.raises(ValueError, match="The 600 training images of grey are all the same"):
        train(tiny_model(), constant, Run(tmp_path / "run"), STEPS, 4)
    assert not (tmp_path / "run").exists()
    pixels[599, 7, 7] = 78  # one pixel of one image is enough to be allowed
    assert train(tiny_model(), constant, Run(tmp_path / "run"), 1, 4)
