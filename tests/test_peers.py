"""The benchmark of peers refuses to compare what is not equal."""

from types import SimpleNamespace

import pytest

from benchmarks.contest import processes


@pytest.mark.parametrize(("other", "named"), [({"weights": [3, 5]}, "weights"), ({"threads": 1}, "threads")])
def test_unequal_networks_or_threads_are_refused(other, named):
    about = {"weights": [3, 4], "threads": 2}
    one, two = SimpleNamespace(name="a", about=about), SimpleNamespace(name="b", about=about | other)
    processes.check_equal([one, one], threads=2)
    with pytest.raises(ValueError, match=named):
        processes.check_equal([one, two], threads=2)
