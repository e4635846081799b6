"""Sweeps: what runs, on which cores, what is kept of failures, and how a sweep goes on; with a notebook of a second."""

import csv
import json
import threading
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

from tests.toy_lesson import runs_of, toy_lesson
from wgan_utils.parameters import ParameterError
from wgan_utils.runs.cores import claimed_cores, core_numbers
from wgan_utils.runs.grids import Grid, read_grid
from wgan_utils.runs.lock import RunBusy, only_writer
from wgan_utils.training.sweep import sweep


@pytest.fixture
def toy(tmp_path) -> Path:
    return toy_lesson(tmp_path)


def test_every_combination_is_a_run_and_a_failure_is_kept_named_and_tried_again(toy, tmp_path, capsys):
    grid = {"LAMBDA": [-1, 5]}
    found = sweep("two", [toy], grid, seeds=[0, 3], workers=2, output_dir=tmp_path)
    assert [(row["LAMBDA"], row["SEED"], row["state"]) for row in found.rows] == [
        *[(-1, 0, "failed"), (-1, 3, "failed"), (5, 0, "done"), (5, 3, "done")]
    ]
    assert found.failed["toy/auto-lambda_-1-seed_3"] == "ValueError: LAMBDA must be positive, not -1."
    said = capsys.readouterr().err
    assert "toy/auto-lambda_-1-seed_3: failed: ValueError: LAMBDA must be positive, not -1." in said
    assert "4 of 4 done" in said
    folder = runs_of(tmp_path, "two") / "auto-lambda_5-seed_3"
    assert nbformat.read(folder / "toy.ipynb", as_version=4).cells[-1].execution_count
    with (tmp_path / "sweeps" / "two" / "table.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["frechet"] for row in table] == ["", "", "5", "8"]
    assert (tmp_path / "sweeps" / "two" / "figure.png").read_bytes()[:4] == b"\x89PNG"
    assert list(found.table()["frechet"])[2:] == [5, 8]

    again = sweep("two", [toy], grid, seeds=[0, 3], workers=2, output_dir=tmp_path)
    assert [row["state"] for row in again.rows] == ["failed", "failed", "done", "done"]
    assert "2 of 4 runs are done already" in capsys.readouterr().err
    assert len((folder / "started").read_text().splitlines()) == 1  # not run a second time
    failed = json.loads((runs_of(tmp_path, "two") / "auto-lambda_-1-seed_0" / "outcome.json").read_text())
    assert failed["attempts"] == 2


@pytest.mark.skipif(len(core_numbers()) < 2, reason="processes can't be bound to two cores here")
def test_runs_at_the_same_time_compute_on_cores_of_their_own(toy, tmp_path):
    """Each waits for the other, so that they are at the same time."""
    found = sweep(
        *("cores", [toy], {}), seeds=[0, 1], fixed={"TOGETHER": 2}, workers=2, cores=1, output_dir=tmp_path,
        show_progress=False,
    )  # fmt: skip
    assert [row["state"] for row in found.rows] == ["done", "done"]
    own = [json.loads(path.read_text()) for path in sorted(runs_of(tmp_path, "cores").glob("*/own.json"))]
    assert [one["threads"] for one in own] == ["1", "1"]
    assert len(own[0]["cores"]) == len(own[1]["cores"]) == 1
    assert own[0]["cores"] != own[1]["cores"]


@pytest.mark.skipif(len(core_numbers()) < 2, reason="processes can't be bound to two cores here")
def test_a_core_is_held_by_one_at_a_time_and_all_at_once_or_none(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    everything = len(core_numbers())
    with claimed_cores(1) as one, claimed_cores(everything - 1) as others:
        assert sorted(one + others) == core_numbers()
        waited = []
        late = threading.Thread(target=_take, args=(everything, waited))
        late.start()
        time.sleep(0.3)
        assert waited == []
    late.join(timeout=30)
    assert waited == [everything]


def _take(count: int, waited: list) -> None:
    with claimed_cores(count) as cores:
        waited.append(len(cores))


def test_a_sweep_has_one_process(toy, tmp_path):
    busy = pytest.raises(RunBusy, match="Another process runs the sweep held")
    with only_writer(tmp_path / "sweeps" / "held"), busy:
        sweep("held", [toy], output_dir=tmp_path)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"parameters": {"LAMDA": [1]}}, "LAMDA is not a parameter of toy: did you mean LAMBDA?"),
        ({"parameters": {"LAMBDA": 1}}, "LAMBDA needs a list of at least one value to try, not 1"),
        ({"parameters": {"PRESET": "cpu"}}, "PRESET needs a list"),
        ({"parameters": {"LAMBDA": []}}, "LAMBDA needs a list"),
        ({"seeds": [1, 1]}, "toy/auto-seed_1 more than once"),
        ({"fixed": {"SEED": 1}}, "SEED is both fixed and varied"),
        ({"fixed": {"RUN_NAME": "x"}}, "RUN_NAME is set by the sweep"),
    ],
)
def test_a_grid_that_can_not_be_run_is_refused_before_anything_runs(grid, message, toy, tmp_path):
    with pytest.raises(ParameterError, match=message.replace("?", r"\?")):
        sweep("wrong", [toy], output_dir=tmp_path, **grid)
    assert not (tmp_path / "sweeps").exists()


def test_several_tables_follow_each_other(toy, tmp_path):
    tables = [{"LAMBDA": [1, 2]}, {"PRESET": ["smoke"], "SECONDS": [0.5]}]
    names = [job.name for job in Grid([toy], tables, seeds=[7]).jobs(tmp_path, 1)]
    assert names == ["toy/auto-lambda_1-seed_7", "toy/auto-lambda_2-seed_7", "toy/smoke-seconds_0.5-seed_7"]


def test_a_lesson_that_is_none_is_named_with_those_there_are():
    with pytest.raises(FileNotFoundError, match=r"no lesson or notebook '07_more'; there are .*02_wgan_"):
        Grid(["07_more"]).jobs(Path(), 1)


def test_a_toml_file_says_what_it_must_not(tmp_path):
    file = tmp_path / "grid.toml"
    for text, message in [
        ("lessons = [", "grid.toml is not TOML"),
        ("seeds = [1]", "names no lessons"),
        ('lessons = ["a"]\nparameter = 1', "grid.toml has parameter; a sweep is described by name, lessons"),
    ]:
        file.write_text(text)
        with pytest.raises(ValueError, match=message):
            read_grid(file)
    file.write_text('lessons = ["a"]\nseeds = [0, 1]\n[parameters]\nLAMBDA = [1.0]\n')
    assert read_grid(file) == {"name": "grid", "lessons": ["a"], "seeds": [0, 1], "parameters": {"LAMBDA": [1.0]}}


EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_grid_of_a_lesson(example):
    grid = read_grid(example)
    keys = ("lessons", "parameters", "seeds", "fixed")
    jobs = Grid(**{key: grid[key] for key in keys if key in grid}).jobs(Path(), 1)
    assert len({job.lesson for job in jobs}) == 1
    count = np.prod([len(values) for values in (grid["seeds"], *grid["parameters"].values())])
    assert len(jobs) == len({job.name for job in jobs}) == count
