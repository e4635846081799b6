"""A run's folder: what is written, what is refused, and what half-written or damaged files do."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from wgan_utils.files import atomic_file
from wgan_utils.runs.checkpoints import CheckpointError
from wgan_utils.runs.run import Run, RunChanged

SETUP = {"model": "WGAN", "critic_steps": 5, "critic_optimizer": {"learning_rate": 5e-5}}


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


def test_a_run_can_become_a_copy_of_another_and_keeps_what_lies_within_it(run, tmp_path):
    winner = Run(tmp_path / "runs" / "lesson" / "name" / "winner", {"SEED": 2})
    for one, steps in ((run, range(1, 9)), (winner, range(1, 4))):
        one.begin({"setup": SETUP})
        rows(one, steps)
        one.save_samples(max(steps), np.zeros((4, 4), np.uint8))
        one.save_checkpoint(max(steps), arrays(max(steps)))
    rows(run, range(1, 3), "quality")
    (winner.folder / "writer.lock").touch()
    run.adopt(winner)
    assert run.config == winner.config
    assert list(run.history()["step"]) == [1, 2, 3]
    assert not dict(run.read("quality"))
    assert [step for step, _ in run.samples()] == [3]
    assert run.load_checkpoint()[0] == 3
    assert not (run.folder / "writer.lock").exists()
    assert winner.load_checkpoint()[0] == 3


def test_nothing_is_written_before_a_run_begins(run):
    assert not run.folder.exists()
    assert (run.config, run.note, dict(run.history()), run.samples()) == ({}, "", {}, [])
    assert run.load_checkpoint() is None
    assert run.last_checkpoint_step() is None
    assert not run.folder.exists()


def test_the_configuration_comes_back(run):
    run.begin({"setup": SETUP, "data": {"name": "mnist", "note": "These are drawings."}, "environment": {"cpu": "x"}})
    assert run.config["parameters"] == {"SEED": 1, "STEPS": 10}
    assert run.config["setup"] == SETUP
    assert run.note == "These are drawings."
    assert json.loads((run.folder / "config.json").read_text()) == run.config


def test_a_continued_run_keeps_where_it_began(run):
    run.begin({"setup": SETUP, "environment": {"started": "monday"}})
    again = Run(run.folder, {"SEED": 1, "STEPS": 20, "OUTPUT_DIR": "here"})
    again.begin({"setup": SETUP, "environment": {"started": "tuesday"}})
    assert again.config["environment"] == {"started": "monday"}
    assert again.config["parameters"]["STEPS"] == 20  # what does not change the result may change


@pytest.mark.parametrize(
    ("parameters", "setup", "named"),
    [
        ({"SEED": 2}, {}, "SEED was 1 and is now 2"),
        ({}, {"critic_steps": 3}, "critic_steps was 5 and is now 3"),
        ({"WIDTH": 0.5}, {}, "WIDTH was None and is now 0.5"),
        ({"SEED": "1"}, {}, "SEED was 1 and is now '1'"),
        (
            {},
            {"critic_optimizer": {"learning_rate": 1e-4}},
            r"critic_optimizer\.learning_rate was .* is now 0\.0001",
        ),
    ],
)
def test_other_settings_in_the_same_folder_are_refused_by_name(run, parameters, setup, named):
    run.begin({"setup": SETUP})
    before = run.config
    other = Run(run.folder, run.parameters | parameters)
    with pytest.raises(RunChanged, match=f"{named}.*another RUN_NAME, or delete that folder"):
        other.begin({"setup": SETUP | setup})
    assert run.config == before


def test_a_setting_that_is_gone_is_a_change(run):
    run.begin({"setup": SETUP})
    with pytest.raises(RunChanged, match="SEED was 1 and is now None"):
        Run(run.folder, {"STEPS": 10}).begin({"setup": SETUP})


def test_tuples_and_lists_are_the_same_setting(run):
    run.parameters["CLASSES"] = (7, 1)
    run.begin({"setup": SETUP})
    run.begin({"setup": SETUP})


def test_messages_name_the_run_without_this_machines_folders(run):
    assert repr(run) == "Run(runs/lesson/name)"
    run.begin({"setup": SETUP})
    with pytest.raises(RunChanged) as error:
        Run(run.folder, {}).begin({"setup": SETUP})
    assert str(run.folder.parents[2]) not in str(error.value)


# ---- history


def test_a_row_with_other_columns_is_refused_and_nothing_is_written(run):
    run.append("history", {"step": 1, "real_score": 2.0})
    before = (run.folder / "history.csv").read_bytes()
    for row in ({"step": 2, "fake_score": 3.0}, {"real_score": 3.0, "step": 2}, {"step": 2}):
        with pytest.raises(ValueError, match=r"history\.csv has the columns step, real_score, and this row has"):
            run.append("history", row)
    assert (run.folder / "history.csv").read_bytes() == before


def test_a_copy_of_a_sample_is_not_taken_for_one(run):
    run.save_samples(10, np.zeros((4, 4), np.uint8))
    (run.folder / "samples" / "step_000010 copy.png").write_bytes(b"")
    assert [step for step, _ in run.samples()] == [10]


def test_history_gives_float32_back_exactly(run):
    values = (np.random.default_rng(0).normal(size=50) * 10.0 ** np.arange(-25, 25)).astype("float32")
    for step, value in enumerate(values):
        run.append("history", {"step": step, "loss": float(value)})
    history = run.history()
    assert list(history) == ["step", "loss"]
    np.testing.assert_array_equal(history["loss"].astype("float32"), values)
    np.testing.assert_array_equal(history["step"], np.arange(50))
    assert repr(history) == "History(50 rows: step, loss)"


@pytest.mark.parametrize("table", ["history", "critic_health"])
def test_a_half_written_table_gives_its_whole_lines_and_is_mended(run, table):
    """Wherever a kill cut the file: within a number, after a comma, within the heading, at its very start."""
    rows(run, range(1, 3), table)
    path = run.folder / f"{table}.csv"
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        whole = max(0, content[:length].count(b"\n") - 1)
        assert list(run.read(table).get("step", [])) == [1, 2][:whole], content[:length]
        run.rewind(whole)
        rows(run, range(whole + 1, 3), table)
        assert path.read_bytes() == content


def test_rewinding_to_a_step_drops_what_came_later(run):
    rows(run, range(1, 8))
    for step in (0, 3, 6):
        run.save_samples(step, np.zeros((4, 4), np.uint8))
    for step in (3, 6):
        run.save_checkpoint(step, arrays(step))
    before = (run.folder / "history.csv").read_bytes()
    run.rewind(5)
    assert list(run.history()["step"]) == [1, 2, 3, 4, 5]
    assert [step for step, _ in run.samples()] == [0, 3]
    assert run.last_checkpoint_step() == 3
    rows(run, range(6, 8))
    assert (run.folder / "history.csv").read_bytes() == before


def test_rewinding_to_the_beginning_leaves_nothing(run):
    rows(run, range(1, 4))
    run.save_samples(0, np.zeros((4, 4), np.uint8))
    run.rewind(-1)
    assert len(run.history()["step"]) == 0
    assert run.samples() == []
    run.rewind(-1)  # and there need not be anything
    rows(run, range(1, 3))
    assert list(run.history()["step"]) == [1, 2]


# ---- samples


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_samples_come_back_pixel_by_pixel_in_the_order_of_their_steps(run, shape):
    grid = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for step in (1_000_000, 20, 999_999):
        run.save_samples(step, grid)
    assert [step for step, _ in run.samples()] == [20, 999_999, 1_000_000]
    np.testing.assert_array_equal(np.asarray(Image.open(run.samples()[0][1])), grid)
    assert run.samples()[0][1].name == "step_000020.png"


# ---- checkpoints


def same(one: dict, other: dict) -> bool:
    return list(one) == list(other) and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name]) for name in one
    )


def test_the_last_two_checkpoints_are_kept(run):
    for step in (5, 10, 15, 1_000_000, 999_999):
        run.save_checkpoint(step, arrays(step))
    names = sorted(path.name for path in (run.folder / "checkpoints").iterdir())
    assert names == ["step_1000000.npz", "step_999999.npz"]
    step, state = run.load_checkpoint()
    assert step == 1_000_000
    assert same(state, arrays(1_000_000))


def damage(path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "one bit":
        content[len(content) // 3] ^= 1
        path.write_bytes(content)
    elif how == "zeros":
        path.write_bytes(bytes(len(content)))


@pytest.mark.parametrize("how", ["truncated", "empty", "one bit", "zeros"])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(run, how):
    for step in (5, 10):
        run.save_checkpoint(step, arrays(step))
    damage(run.folder / "checkpoints" / "step_000010.npz", how)
    with pytest.warns(UserWarning, match=r"goes on from step 5: of its checkpoints step_000010\.npz .* can't be used"):
        step, state = run.load_checkpoint()
    assert step == 5
    assert same(state, arrays(5))
    run.rewind(5)
    assert run.last_checkpoint_step() == 5  # the damaged one no longer counts as one of the two that are kept


def test_no_bit_of_a_checkpoint_can_flip_unnoticed(run):
    run.save_checkpoint(5, arrays(5))
    path = run.folder / "checkpoints" / "step_000005.npz"
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 0x10
        path.write_bytes(changed)
        try:
            _, state = run.load_checkpoint()
        except CheckpointError:
            continue
        assert same(state, arrays(5)), f"byte {place} of {len(content)}"  # a byte that says nothing, like a date


def test_damage_to_all_checkpoints_is_an_error_that_names_them(run):
    for step in (5, 10):
        run.save_checkpoint(step, arrays(step))
        damage(run.folder / "checkpoints" / f"step_{step:06d}.npz", "truncated")
    with pytest.raises(CheckpointError, match=r"step_000010\.npz .*step_000005\.npz .*Delete its folder"):
        run.load_checkpoint()


def test_a_pickle_in_a_checkpoint_is_not_opened(run):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(run.folder / "sprung"),)

    (run.folder / "checkpoints").mkdir(parents=True)
    np.savez(run.folder / "checkpoints" / "step_000005.npz", np.array([Trap()], dtype=object))
    with pytest.raises(CheckpointError, match="allow_pickle"):
        run.load_checkpoint()
    assert not (run.folder / "sprung").exists()


def test_what_a_killed_process_left_half_written_is_not_taken_for_a_file(run):
    run.save_checkpoint(5, arrays(5))
    (run.folder / "checkpoints" / ".4711.tmp.step_000010.npz").write_bytes(b"PK half")
    assert run.load_checkpoint()[0] == 5


# ---- atomic files


def test_an_error_while_writing_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "deep" / "file.txt"

    def write(text: str, error: str = "") -> None:
        with atomic_file(path) as temporary:
            temporary.write_text(text)
            if error:
                raise RuntimeError(error)

    write("old")
    with pytest.raises(RuntimeError, match="disk full"):
        write("half of the ne", "disk full")
    assert path.read_text() == "old"
    write("new")
    assert path.read_text() == "new"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_the_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "file.txt"
    with atomic_file(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        assert temporary.parent == path.parent  # a rename across file systems would not be atomic
        assert temporary.suffix == path.suffix
    assert path.read_text() == "half"
