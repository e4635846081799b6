"""What a notebook shows of the library's own exceptions."""

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from wgan_utils.errors import Explained, Refused
from wgan_utils.exercises.answers import Mistake
from wgan_utils.training.callbacks import TrainingDiverged, TrainingInterrupted
from wgan_utils.training.config import RunChanged
from wgan_utils.training.run import CheckpointError, RunBusy, RunUnwritable


def test_ipython_shows_one_sentence_and_no_traceback(capsys):
    for kind in (CheckpointError, RunBusy, RunChanged, RunUnwritable, Mistake, TrainingDiverged, TrainingInterrupted):
        assert issubclass(kind, Explained)
    assert not issubclass(TrainingInterrupted, Exception)  # which a loop would swallow
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}), user_ns={"Refused": Refused})
    shell.run_cell("def deep():\n    raise Refused('This is what to do.')\n\n\ndeep()")
    assert capsys.readouterr().out.strip() == "Refused: This is what to do."
