"""What a notebook shows of the library's own exceptions."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from wgan_utils.errors import Refused
from wgan_utils.exercises.answers import Mistake
from wgan_utils.training.callbacks import TrainingDiverged, TrainingInterrupted
from wgan_utils.training.config import RunChanged
from wgan_utils.training.run import CheckpointError, RunBusy, RunUnwritable

REFUSALS = (CheckpointError, Refused, RunBusy, RunChanged, RunUnwritable)
EXPLAINED = (Mistake, *REFUSALS, TrainingDiverged, TrainingInterrupted)


@pytest.fixture
def shell():
    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("kind", EXPLAINED, ids=lambda kind: kind.__name__)
def test_ipython_shows_one_sentence_and_no_traceback(shell, kind, capsys):
    shell.user_ns["Kind"] = kind
    result = shell.run_cell("def deep():\n    raise Kind('This is what to do.')\n\n\ndeep()")
    assert isinstance(result.error_in_exec, kind)
    assert capsys.readouterr().out.strip() == f"{kind.__name__}: This is what to do."


def test_any_other_error_keeps_its_traceback_and_an_interrupt_is_none_that_a_loop_would_swallow(shell, capsys):
    shell.run_cell("1 / 0")
    assert "Traceback" in capsys.readouterr().out
    assert not issubclass(TrainingInterrupted, Exception)
