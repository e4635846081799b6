"""What a notebook shows of the library's own exceptions."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from wgan_utils.errors import Explained, Refused
from wgan_utils.exercises.answers import Mistake
from wgan_utils.training.callbacks import TrainingDiverged, TrainingInterrupted
from wgan_utils.training.config import RunChanged
from wgan_utils.training.run import CheckpointError, RunBusy, RunUnwritable


@pytest.fixture
def shell():
    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()


def test_ipython_shows_one_sentence_and_no_traceback_and_one_of_any_other_error(shell, capsys):
    for kind in (CheckpointError, RunBusy, RunChanged, RunUnwritable, Mistake, TrainingDiverged, TrainingInterrupted):
        assert issubclass(kind, Explained)
    assert not issubclass(TrainingInterrupted, Exception)  # which a loop would swallow
    shell.user_ns["Refused"] = Refused
    shell.run_cell("def deep():\n    raise Refused('This is what to do.')\n\n\ndeep()")
    assert capsys.readouterr().out.strip() == "Refused: This is what to do."
    shell.run_cell("1 / 0")
    assert "Traceback" in capsys.readouterr().out
