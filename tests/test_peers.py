"""The benchmark of peers: its table, what it refuses, and one contestant's process."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.contest import processes
from benchmarks.contest.entries import SMOKE
from benchmarks.contest.with_keras import ExampleWay
from wgan_utils.gan import networks


def test_the_table_has_medians_and_the_fastest_of_each_column_in_bold():
    times = np.array([[[0.5, 0.4, 9.0], [1.0, 1.1, 0.9]], [[2.0, 2.0, 2.0], [1.0, 1.0, 1.0]]])
    assert peers.table(["one", "other"], SMOKE, times) == [
        "| | sevens, width 0.0625 | digits, width 0.0625 |",
        "|---|---|---|",
        "| one | **0.5** (1.00) | 2 (2.00) |",
        "| other | 1 (2.00) | **1** (1.00) |",
        "| largest spread of the rounds | 1720% | 0% |",
    ]


def fake(**about) -> SimpleNamespace:
    return SimpleNamespace(name="a", about={"weights": [3, 4], "threads": 2} | about)


def test_unequal_networks_or_threads_are_refused():
    processes.check_equal([fake(), fake()], threads=2)
    with pytest.raises(ValueError, match="weights"):
        processes.check_equal([fake(), fake(weights=[3, 5])], threads=2)
    with pytest.raises(ValueError, match="threads"):
        processes.check_equal([fake(), fake(threads=1)], threads=2)


def test_a_missing_environment_is_said_at_once(capsys):
    with pytest.raises(SystemExit):
        peers.main(["--pytorch-python", "no/such/python"])
    assert "no/such/python" in capsys.readouterr().err


@pytest.mark.slow
def test_a_contestant_in_its_process(monkeypatch, capsys):
    monkeypatch.setattr(peers, "SMOKE", SMOKE[1:])
    peers.main(["--smoke", "--threads", "1", "--only", "ours, mixed_bfloat16", "--pytorch-python", sys.executable])
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("| ours, mixed_bfloat16 | **")
    assert float(lines[2].split("**")[1]) > 0
    assert "1 threads; TensorFlow " in lines[-1]


@pytest.mark.slow
def test_the_example_s_way_clips_and_has_the_lesson_s_networks():
    column = SMOKE[0]
    training = ExampleWay(column)
    assert training.seconds_a_step(1) > 0
    critic = training.model.critic
    assert training.about()["weights"][1] == networks.sevens_critic(column.width).count_params()
    largest = {weight.name: float(np.abs(weight).max()) for weight in critic.trainable_variables}
    assert largest["kernel"] <= 0.01 + 1e-9 < 0.5 < largest["gamma"]
