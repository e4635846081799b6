"""The benchmark of peers: its table, what it refuses, and one contestant's process."""

import sys
from types import SimpleNamespace

import pytest

from benchmarks import peers
from benchmarks.contest import processes
from benchmarks.contest.entries import SMOKE


@pytest.mark.parametrize(("other", "named"), [({"weights": [3, 5]}, "weights"), ({"threads": 1}, "threads")])
def test_unequal_networks_or_threads_are_refused(other, named):
    about = {"weights": [3, 4], "threads": 2}
    one, two = SimpleNamespace(name="a", about=about), SimpleNamespace(name="b", about=about | other)
    processes.check_equal([one, one], threads=2)
    with pytest.raises(ValueError, match=named):
        processes.check_equal([one, two], threads=2)


@pytest.mark.slow
def test_a_contestant_in_its_process(monkeypatch, capsys):
    monkeypatch.setattr(peers, "SMOKE", SMOKE[1:])
    peers.main(["--smoke", "--threads", "1", "--only", "ours, mixed_bfloat16", "--pytorch-python", sys.executable])
    row = capsys.readouterr().out.splitlines()[2]
    assert row.startswith("| ours, mixed_bfloat16 | **")
    assert float(row.split("**")[1]) > 0
