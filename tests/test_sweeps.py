"""Sweeps: what runs, what is kept of it and what is refused, with a notebook of a second; and what our own leave."""

import subprocess
import sys
from pathlib import Path

import keras
import nbformat
import numpy as np
import pandas as pd
import pytest

from scripts.ship_trials import ship
from sweeps import checkerboard, faces, few, horses, vae
from sweeps.__main__ import command_line, main, planned
from wgan_utils.gan.backend import input_gradient
from wgan_utils.training.run import Run
from wgan_utils.zoo.generators import load_trials

PARAMETERS = """SECONDS: float = 0.0  # to compute
LAMBDA: float = 10.0  # factor
CATEGORY: str = ""  # what
SEED: int = 0  # seed
OUTPUT_DIR: str = ""  # where
RUN_NAME: str = ""  # name"""
BODY = """
import json, os, time
from pathlib import Path

folder = Path(OUTPUT_DIR) / "toy" / RUN_NAME
folder.mkdir(parents=True, exist_ok=True)
(folder / "started").open("a").write("x")
if LAMBDA < 0:
    raise ValueError(f"LAMBDA must be positive,\\nnot {LAMBDA}.")
end = time.monotonic() + SECONDS
try:
    while time.monotonic() < end:
        pass
except KeyboardInterrupt:
    (folder / "interrupted").touch()
    raise
metrics = {"frechet": {"value": LAMBDA + SEED}}
own = {"threads": int(os.environ["TF_NUM_INTRAOP_THREADS"]), "given": CATEGORY}
(folder / "metrics.json").write_text(json.dumps({"metrics": metrics, "lesson": own}))
"""


def toy_lesson(folder: Path) -> str:
    """Write a notebook that behaves as a lesson does."""
    cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(BODY)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "toy.ipynb")
    return str(folder / "toy.ipynb")


def sweep(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", "sweeps", *words], timeout=300).returncode


def table_of(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "toy" / "table.csv")


def test_every_combination_is_a_run_a_failure_has_its_reason_and_what_is_done_is_not_done_again(tmp_path):
    command = [toy_lesson(tmp_path), "LAMBDA=-1,2.5", "SEED=0,3", "-p", "CATEGORY=a,b", "--workers", "2"]
    command += ["--threads", "3", "--output-dir", str(tmp_path)]
    assert sweep(*command) == 1
    table = table_of(tmp_path)
    assert table[["LAMBDA", "SEED", "state"]].to_numpy().tolist() == [
        *[[-1, 0, "failed"], [-1, 3, "failed"], [2.5, 0, "done"], [2.5, 3, "done"]]
    ]
    assert table["frechet"].tolist()[2:] == [2.5, 5.5]
    assert table["threads"].tolist()[2:] == [3, 3]
    assert set(table["given"][2:]) == {"a,b"}
    assert table["reason"][0] == "ValueError: LAMBDA must be positive, not -1."
    done, failed = (tmp_path / "toy" / f"lambda_{value}-seed_3-category_a_b" for value in (2.5, -1))
    assert nbformat.read(done / "toy.ipynb", as_version=4).cells[-1].execution_count
    assert sweep(*command) == 1
    assert [len((folder / "started").read_text()) for folder in (done, failed)] == [1, 2]
    assert table_of(tmp_path)["frechet"].tolist()[2:] == [2.5, 5.5]


@pytest.mark.parametrize(
    ("lesson", "words", "named"),
    [
        ("toy", ["LAMDA=1,2"], "LAMBDA"),
        ("toy", ["-p", "RUN_NAME=x"], "RUN_NAME"),
        ("toy", ["SEED"], "SEED"),
        ("toy", ["SEED=1,1"], "seed_1"),
        ("toy", ["SEED=1,2", "-p", "SEED=3"], "SEED=3"),
        ("07_more", ["SEED=1"], "02_wgan_clipping_sevens"),
        ("02_wgan_clipping_sevens", ["PRECISION=float32", "N_EVA=100"], "N_EVAL"),  # which papermill alone sets
    ],
)
def test_what_can_not_be_run_is_refused_before_anything_runs(lesson, words, named, tmp_path, capsys):
    lesson = toy_lesson(tmp_path) if lesson == "toy" else lesson
    with pytest.raises(SystemExit):
        main([lesson, *words, "--output-dir", str(tmp_path / "runs")])
    assert named in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "runs").exists()


def test_a_lab_is_found_by_its_name():
    runs = planned(command_line().parse_intermixed_args(["published_recipe", "ARM=recipe,no BatchNorm", "SEED=1"]))
    assert [run.folder.name for run in runs] == ["arm_recipe-seed_1", "arm_no_BatchNorm-seed_1"]
    assert {run.notebook.parent.name for run in runs} == {"labs"}


@pytest.mark.slow
def test_on_a_dask_cluster_of_two_workers(tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        words = ["LAMBDA=-1,2", "SEED=0,1", "--dask", cluster.scheduler_address, "--output-dir", str(tmp_path)]
        assert sweep(toy_lesson(tmp_path), *words) == 1
    assert table_of(tmp_path)["state"].tolist() == ["failed", "failed", "done", "done"]


def smoke(folder: Path) -> list[str]:
    """The command line of the sweeps on faces."""
    return ["--output", str(folder), "--preset", "smoke", "--seeds", "0"]


LIMITS = ("c = 0.2, one rate", "penalty, RMSProp")
JOBS = ((few.BOTH, 100, 1), (few.REAL, 300, 1))
# What trains arms of it in a folder, what tells them apart besides the seed, what is measured of each, and how often.
SWEEPS = {
    "checkerboard": (lambda at: checkerboard.main(smoke(at)), ["ARM"], "2 pixels", [5, 5, 5]),
    "few_images": (
        lambda at: [few.train(at, "smoke", *job) for job in JOBS],
        ["ARM", "N_TRAIN"],
        "memorisation",
        [8, 2],
    ),
    "horses_tuning": (
        lambda at: [horses.train(arm, 1, str(at), "smoke") for arm in LIMITS],
        ["ARM"],
        "gradient_norm",
        [1, 1],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SWEEPS)
def test_the_arms_of_a_sweep_are_trained_once_and_ship_as_a_table(name, tmp_path):
    train, varied, measured, times = SWEEPS[name]
    train(tmp_path)
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*"))
    train(tmp_path)
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*")) == before
    trials = load_trials(ship(tmp_path / name, [*varied, "SEED"], "free", tmp_path).stem, tmp_path)
    assert {arm for arm, *_ in trials.samples} == {*trials.table["ARM"]}
    assert trials.table.groupby("ARM")[measured].count().tolist() == times


@pytest.mark.slow
def test_an_autoencoder_that_was_ended_goes_on_to_the_same_numbers(tmp_path):
    given = faces.asked("vae", "", smoke(tmp_path))
    ended, whole = given._replace(folder=tmp_path / "ended"), given._replace(folder=tmp_path / "vae")
    vae.train(ended, 0, 1)
    vae.train(ended, 0, 2)
    vae.train(whole, 0, 2)
    histories = [pd.DataFrame(Run(one.folder / "0").history()).drop(columns="seconds") for one in (ended, whole)]
    pd.testing.assert_frame_equal(*histories)
    ship(whole.folder, ["SEED"], "free", tmp_path)
    assert load_trials("vae", tmp_path).samples[0,].shape[0] == 128


def test_falling_has_stopped_after_three_measurements_without_a_lower_one():
    assert not vae.has_stopped_falling([5, 4, 6])
    assert not vae.has_stopped_falling(np.array([5, 6, 4, 7, 8]))
    assert vae.has_stopped_falling([5, 4, 6, 7, 4])


def test_of_few_images_an_augmented_one_is_shifted_and_part_of_it_grey_which_gradients_and_the_leak_test_see():
    pixels = np.zeros((200, 32, 32, 1), np.uint8)
    pixels[:, 12:20, 10:22] = 255
    images = pixels / np.float32(127.5) - 1
    augmented = keras.ops.convert_to_numpy(few.augment(images, seed=0))
    white = [np.flatnonzero((augmented == 1).any(axis=axes)) for axes in ((0, 2, 3), (0, 1, 3))]
    assert [(where.min(), where.max()) for where in white] == [(8, 23), (6, 25)]  # 4 pixels further each way
    gradient = keras.ops.convert_to_numpy(input_gradient(lambda x: few.augment(x, seed=0), images))
    assert {*np.unique(gradient)} == {0, 1}
    drawn, changed = few.leak(pixels), few.leak(np.rint((augmented + 1) * 127.5).astype(np.uint8))
    assert (drawn["grey_squares"], changed["grey_squares"]) == (0, 1)
    assert drawn["spread"] == pytest.approx(0, abs=1e-5)
    assert changed["spread"] > 2
