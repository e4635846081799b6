"""Faults around a training that take no time to make: a folder that goes, files that change, losses that explode."""

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from tests.tiny import tiny_images
from tests.training.running import (
    EVERY,
    AtStep,
    assert_same_runs,
    assert_same_states,
    contents,
    eager_model,
    go,
    signalled,
)
from wgan_utils.training import checkpoints
from wgan_utils.training.callbacks import LIMIT, TrainingDiverged
from wgan_utils.training.checkpoints import CheckpointError
from wgan_utils.training.config import RunChanged
from wgan_utils.training.run import Run, RunBusy, RunUnwritable
from wgan_utils.training.train import train


@pytest.mark.parametrize("log_every", [1, 100])
def test_a_folder_that_is_deleted_under_way_is_not_made_again_with_half_a_run_in_it(tmp_path, log_every):
    """Whatever is written next: a row of the history, a grid of samples."""
    folder = tmp_path / "runs" / "run"
    with pytest.raises(RunUnwritable, match="deleted or moved away"):
        go(folder, at=AtStep(3, lambda model: shutil.rmtree(folder)), log_every=log_every)
    assert list(folder.parent.iterdir()) == []


def test_a_folder_that_is_moved_under_way_can_be_continued_where_it_is(whole, tmp_path):
    folder, moved = tmp_path / "run", tmp_path / "moved"
    with pytest.raises(RunUnwritable, match="deleted or moved away"):
        go(folder, at=AtStep(4, lambda model: folder.rename(moved)))
    assert not folder.exists()
    assert_same_states(go(moved), whole[1])
    assert_same_runs(moved, whole[0])


def test_a_run_that_is_trained_elsewhere_is_refused(folder):
    before = contents(folder)
    with FileLock(folder / "writer.lock"), pytest.raises(RunBusy, match=f"{folder.parent.name}/run"):
        go(folder, steps=9)
    assert contents(folder) == before
    go(folder, steps=9)
    assert Run(folder).last_checkpoint_step() == 9


def test_what_killed_processes_left_is_cleared_away(folder):
    leftovers = [folder / "checkpoints" / ".123.tmp.step_000008.npz", folder / ".9.tmp.config.json"]
    for path in leftovers:
        path.write_bytes(b"half")
    go(folder)
    assert not any(path.exists() for path in leftovers)


def test_sigterm_ends_the_process_once_the_step_is_done_and_kept(whole, tmp_path):
    folder = tmp_path / "run"
    signalled(folder, signal.SIGTERM)
    assert Run(folder).last_checkpoint_step() == 5
    assert_same_states(go(folder), whole[1])
    assert_same_runs(folder, whole[0])


def test_sigterm_reaches_whoever_else_handles_it(tmp_path):
    heard = []
    previous = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with pytest.raises(KeyboardInterrupt):
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


@pytest.mark.parametrize("change", [of_another_network, of_a_newer_format, of_another_type, of_another_step])
def test_a_checkpoint_that_is_no_good_is_named_and_the_one_before_is_used(whole, folder, change):
    rewrite(folder / "checkpoints" / "step_000007.npz", change)
    with pytest.warns(UserWarning, match=r"step 6: .*step_000007\.npz"):
        model = go(folder)
    assert_same_states(model, whole[1])
    assert_same_runs(folder, whole[0])


def test_where_none_is_any_good_nothing_is_touched_and_the_model_neither(folder):
    for step in (6, 7):
        rewrite(folder / "checkpoints" / f"step_{step:06d}.npz", of_another_type)
    kept, model = contents(folder), eager_model()
    before = model.state()
    with pytest.raises(CheckpointError, match=r"step_000007.*step_000006"):
        train(model, tiny_images(), Run(folder, {"SEED": 5}), 7, 4, **EVERY)
    assert all(np.array_equal(value, before[name]) for name, value in model.state().items())
    assert contents(folder) == kept


def test_checkpoints_that_were_deleted_for_space_do_not_let_a_run_be_wiped(folder):
    shutil.rmtree(folder / "checkpoints")
    kept = contents(folder, ".csv", ".png", ".keras")
    with pytest.raises(CheckpointError, match="step 7"):
        go(folder, steps=9)
    assert contents(folder, ".csv", ".png", ".keras") == kept


def test_the_first_checkpoints_which_told_no_format_are_read(whole, folder):
    for step in (6, 7):
        rewrite(folder / "checkpoints" / f"step_{step:06d}.npz", lambda arrays: arrays.pop("format"))
    assert_same_states(go(folder), whole[1])


# ---- and the other files of a run


@pytest.mark.parametrize("content", ["", "{", '{"parameters": {}}', "[1]", "\udcff", "[" * 100_000], ids=[*"012345"])
def test_a_damaged_configuration_is_refused_by_name(folder, content):
    kept = (folder / "history.csv").read_bytes()
    (folder / "config.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=r"config\.json"):
        go(folder, steps=9)
    assert (folder / "history.csv").read_bytes() == kept


def test_checkpoints_without_a_configuration_are_nobodys(folder):
    (folder / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"config\.json"):
        go(folder, steps=9)


def test_a_shipped_trainings_folder_is_not_trained_in(folder):
    config = json.loads((folder / "config.json").read_text("utf-8"))
    del config["parameters"]
    (folder / "config.json").write_text(json.dumps({**config, "pretrained": "sevens"}))
    shutil.rmtree(folder / "checkpoints")
    with pytest.raises(RunChanged, match="sevens"):
        go(folder)


@pytest.mark.parametrize(
    "damage", [b"\0" * 40, b"4,x", b"4,1", b"4,1,2,3,4,5,6,7,8,9", b"", b"\xff", b"1,.1,0,0,0,0,0,0"], ids=[*"0123456"]
)
def test_a_damaged_history_is_refused_by_name_before_anything_is_cut(folder, damage):
    lines = (folder / "history.csv").read_bytes().splitlines()
    (folder / "history.csv").write_bytes(b"\n".join([*lines[:4], damage, *lines[5:], b""]))
    before = contents(folder)
    with pytest.raises(ValueError, match=r"run/history\.csv"):
        go(folder)
    assert contents(folder) == before


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


# ---- losses that explode


def test_a_loss_too_large_to_compute_with_stops_the_training_with_advice_and_keeps_what_there_is(tmp_path):
    """Learning rate 10: nothing becomes infinite, everything becomes huge."""
    settings = {"learning_rate": 10.0, "clip_value": 1e9}
    with pytest.raises(TrainingDiverged, match=r"step \d+"):
        go(tmp_path, "wgan", 400, health_every=400, checkpoint_every=1, model=settings)
    history = Run(tmp_path).history()
    assert len(history["step"]) >= 1
    assert max(abs(history["critic_loss"])) <= LIMIT
    step, state = Run(tmp_path).load_checkpoint()
    assert step == history["step"][-1]
    assert len(Run(tmp_path).samples()) >= 1
    assert all(np.isfinite(value).all() for value in state.values())


def test_a_penalty_too_weak_to_hold_anything_is_stopped_too(tmp_path):
    with pytest.raises(TrainingDiverged, match=r"step \d+"):
        go(tmp_path, steps=400, health_every=400, model={"learning_rate": 1.0, "penalty_weight": 1e-12})
    assert len(Run(tmp_path).samples()) >= 1
