"""A run's folder: what is written, what is refused, and what half-written or damaged files do."""

import base64
import os

import numpy as np
import pytest
from PIL import Image

from tests.refused import refused
from wgan_utils.files import atomic_file
from wgan_utils.training.run import CheckpointError, Run

SETUP = {"model": "WGAN", "critic_steps": 5, "critic_optimizer": {"learning_rate": 5e-5}}
GREY = np.zeros((4, 4), np.uint8)


def arrays(step: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(step)
    return {"0000 kernel": rng.normal(size=(20, 30)).astype("float32"), "0001 iteration": np.array(step)}


def rows(run: Run, steps: range, table: str = "history") -> None:
    for step in steps:
        run.append(table, {"step": step, "seconds": step / 3, "loss": float(np.float32(1) / np.float32(step + 1))})


@pytest.fixture
def run(tmp_path) -> Run:
    return Run(tmp_path / "runs" / "lesson" / "name", {"SEED": 1, "STEPS": 10})


# ---- configuration


def test_nothing_is_written_before_a_run_begins_and_then_all_that_was_given(run):
    assert (run.config, run.note, run.history(), run.samples()) == ({}, "", {}, [])
    assert run.load_checkpoint() is None
    assert not run.folder.exists()
    run.write_config({"setup": SETUP, "data": {"name": "mnist", "note": "These are drawings."}})
    assert run.config["parameters"] == {"SEED": 1, "STEPS": 10}
    assert (run.config["setup"], run.note) == (SETUP, "These are drawings.")


def test_a_continued_run_keeps_where_it_began_and_one_that_trained_nothing_begins_anew(run):
    run.parameters["CLASSES"] = (7, 1)  # a list, once it is stored
    run.write_config({"setup": {}, "environment": {"started": "sunday"}})
    run.write_config({"setup": SETUP, "environment": {"started": "monday"}})
    run.save_checkpoint(1, arrays(1))
    again = Run(run.folder, {"SEED": 1, "STEPS": 20, "OUTPUT_DIR": "here", "CLASSES": (7, 1)})
    again.write_config({"setup": SETUP, "environment": {"started": "tuesday"}})
    assert again.config["environment"] == {"started": "monday"}
    assert again.config["parameters"]["STEPS"] == 20  # what does not change the result may change


def test_a_run_can_become_a_copy_of_another_and_keeps_what_lies_within_it(run):
    winner = Run(run.folder / "winner", {"SEED": 2})
    for one, steps in ((run, range(1, 9)), (winner, range(1, 4))):
        one.write_config({"setup": SETUP})
        rows(one, steps)
        one.save_samples(max(steps), GREY)
        one.save_checkpoint(max(steps), arrays(max(steps)))
    rows(run, range(1, 3), "quality")
    (winner.folder / "writer.lock").touch()
    run.copy_from(winner)
    assert run.config == winner.config
    assert list(run.history()["step"]) == [1, 2, 3]
    assert not run.read("quality")
    assert [step for step, _ in run.samples()] == [3]
    assert run.load_checkpoint()[0] == winner.load_checkpoint()[0] == 3
    assert not (run.folder / "writer.lock").exists()


# ---- tables


def test_a_row_with_other_columns_is_refused_and_nothing_is_written(run):
    run.append("history", {"step": 1, "real_score": 2.0})
    before = (run.folder / "history.csv").read_bytes()
    for row in ({"step": 2, "fake_score": 3.0}, {"real_score": 3.0, "step": 2}, {"step": 2}):
        with refused(naming="history.csv"):
            run.append("history", row)
    assert (run.folder / "history.csv").read_bytes() == before


def test_a_table_gives_float32_back_exactly_and_what_is_not_finite(run):
    values = (np.random.default_rng(0).normal(size=50) * 10.0 ** np.arange(-25, 25)).astype("float32")
    values[:2] = np.nan, np.inf
    for step, value in enumerate(values):
        run.append("history", {"step": step, "loss": float(value)})
    history = run.history()
    np.testing.assert_array_equal(history["loss"].astype("float32"), values)
    np.testing.assert_array_equal(history["step"], np.arange(50))


def test_a_half_written_table_gives_its_whole_lines_and_is_mended(run):
    """Wherever a kill cut the file: within a number, after a comma, within the heading, at its very start."""
    rows(run, range(1, 3))
    path = run.folder / "history.csv"
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        whole = max(0, content[:length].count(b"\n") - 1)
        assert list(run.history().get("step", [])) == [1, 2][:whole], content[:length]
        run.truncate(whole)
        rows(run, range(whole + 1, 3))
        assert path.read_bytes() == content


def test_going_back_to_a_step_drops_what_came_later(run):
    rows(run, range(1, 8))
    for step in (0, 3, 6):
        run.save_samples(step, GREY)
        run.save_checkpoint(step, arrays(step))
    before = (run.folder / "history.csv").read_bytes()
    run.truncate(5)
    assert list(run.history()["step"]) == [1, 2, 3, 4, 5]
    assert [step for step, _ in run.samples()] == [0, 3]
    assert run.last_checkpoint_step() == 3
    rows(run, range(6, 8))
    assert (run.folder / "history.csv").read_bytes() == before
    for _ in range(2):  # there need not be anything
        run.truncate(-1)
        assert (len(run.history()["step"]), run.samples(), run.last_checkpoint_step()) == (0, [], None)


# ---- samples and checkpoints


def test_samples_come_back_pixel_by_pixel_in_the_order_of_their_steps(run):
    grid = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    for step in (1_000_000, 20, 999_999):
        run.save_samples(step, grid)
    (run.folder / "samples" / "step_000020 copy.png").write_bytes(b"")  # is not taken for one
    assert [step for step, _ in run.samples()] == [20, 999_999, 1_000_000]
    np.testing.assert_array_equal(np.asarray(Image.open(run.samples()[0][1])), grid)


def same(one: dict, other: dict) -> bool:
    return list(one) == list(other) and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name]) for name in one
    )


def test_the_last_two_checkpoints_are_kept_and_rows_are_on_the_disk_before_them(run, monkeypatch):
    """The rows' order only a power failure would tell."""
    rows(run, range(1, 3))
    flushed, sync = [], os.fsync

    def record(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    for step in (5, 10, 15, 999_999, 1_000_000):
        run.save_checkpoint(step, arrays(step))
    names = ["step_1000000.npz", "step_999999.npz"]
    assert sorted(path.name for path in (run.folder / "checkpoints").iterdir()) == names
    files = [run.folder / "history.csv", run.folder / "checkpoints" / "step_1000000.npz"]
    assert flushed[-2:] == [path.stat().st_ino for path in files]
    step, state = run.load_checkpoint()
    assert step == 1_000_000
    assert same(state, arrays(step))


def test_no_bit_of_a_checkpoint_can_flip_unnoticed(run):
    run.save_checkpoint(5, arrays(5))
    path = run.folder / "checkpoints" / "step_000005.npz"
    content = path.read_bytes()
    empty = "UEsDBBQAAAAIAFBLBQY7qFyFVL6nizEwLnBubmdQSwUGAAAAiAAAAP8AAAAAigdjAAAA"  # whose end says that it is
    damaged = [b"", content[:-99], base64.b64decode(empty)]
    for place in range(0, len(content), 7):
        damaged.append(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
    for number, one in enumerate(damaged):
        path.write_bytes(one)
        try:
            _, state = run.load_checkpoint()
        except CheckpointError:
            continue
        assert same(state, arrays(5)), number  # a byte that says nothing, like a date


def test_a_pickle_in_a_checkpoint_is_not_opened(run):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(run.folder / "sprung"),)

    (run.folder / "checkpoints").mkdir(parents=True)
    np.savez(run.folder / "checkpoints" / "step_000005.npz", np.array([Trap()], dtype=object))
    with refused(CheckpointError, "step_000005.npz"):
        run.load_checkpoint()
    assert not (run.folder / "sprung").exists()


def test_an_error_while_writing_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "deep" / "file.json"
    with atomic_file(path) as temporary:
        temporary.write_text("old")
    with pytest.raises(RuntimeError), atomic_file(path) as temporary:  # noqa: PT012
        temporary.write_text("half of the ne")
        raise RuntimeError
    assert [(p.name, p.read_text()) for p in path.parent.iterdir()] == [("file.json", "old")]
