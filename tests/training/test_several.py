"""Several trainings at once: the same runs as one after the other, stopped and continued together."""

import os
import signal
import time

import numpy as np
import pytest

from tests.tiny import tiny_images, tiny_model
from wgan_utils.training import several
from wgan_utils.training.callbacks import TrainingDiverged
from wgan_utils.training.run import Run
from wgan_utils.training.several import run_all
from wgan_utils.training.train import train


def job_in(folder, steps: int):
    """A training as a notebook would define it; its run lies in folder/seed."""

    def train_one(kind: str, seed: int) -> int:
        model = tiny_model(kind, dense=True, critic_steps=1, seed=seed)
        run = Run(folder / f"{kind}-{seed}", {"SEED": seed})
        train(model, tiny_images(), run, steps, batch_size=4, show_progress=False, sample_every=10**6)
        return os.getpid()

    return train_one


JOBS = [("gan", 1), ("wgan", 2), ("gan", 3)]


def weights(folder) -> list[np.ndarray]:
    _, state = Run(folder).load_checkpoint()
    return list(state.values())


def test_several_at_once_make_the_same_runs_as_one_after_the_other(tmp_path, capsys):
    apart, here = job_in(tmp_path / "apart", 5), job_in(tmp_path / "here", 5)
    found = run_all(apart, JOBS, workers=2)
    assert list(found) == JOBS
    assert os.getpid() not in found.values()
    assert "3 of 3 done" in capsys.readouterr().err
    assert set(run_all(here, JOBS, workers=1, show_progress=False).values()) == {os.getpid()}
    for kind, seed in JOBS:
        one, other = (weights(tmp_path / where / f"{kind}-{seed}") for where in ("apart", "here"))
        for mine, theirs in zip(one, other, strict=True):
            np.testing.assert_allclose(
                mine, theirs, rtol=1e-4, atol=1e-6
            )  # another number of threads may sum otherwise


def test_an_interrupt_stops_all_trainings_with_a_checkpoint_and_the_same_call_goes_on(tmp_path, monkeypatch):
    steps = 5_000
    folders = [tmp_path / f"{kind}-{seed}" for kind, seed in JOBS]

    def interrupt_when_two_train(futures):
        deadline = time.monotonic() + 120
        while sum(len(Run(folder).history().get("step", ())) > 3 for folder in folders) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        signal.raise_signal(signal.SIGINT)
        yield from futures

    monkeypatch.setattr(several, "as_completed", interrupt_when_two_train)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            run_all(job_in(tmp_path, steps), JOBS, workers=2, show_progress=False)
    finally:
        signal.signal(signal.SIGINT, before)
    monkeypatch.undo()
    begun = [folder for folder in folders if folder.exists()]
    assert len(begun) == 2
    reached = [Run(folder).last_checkpoint_step() for folder in begun]
    assert all(3 < step < steps for step in reached)
    assert [Run(folder).history()["step"][-1] for folder in begun] == reached  # to the last step they took

    run_all(job_in(tmp_path, max(reached) + 5), JOBS[:2], workers=2, show_progress=False)
    assert {Run(folder).last_checkpoint_step() for folder in folders[:2]} == {max(reached) + 5}


def test_what_a_job_raises_is_raised(tmp_path):
    def diverge(rate: float) -> None:
        raise TrainingDiverged(f"rate {rate}")

    for workers in (1, 2):
        with pytest.raises(TrainingDiverged, match="rate 10"):
            run_all(diverge, [(10.0,), (10.5,)], workers=workers, show_progress=False)


def test_nothing_to_do_is_done_at_once(capsys):
    assert run_all(print, []) == {}
    assert capsys.readouterr() == ("", "")
    with pytest.raises(ValueError, match="workers must be 0"):
        run_all(print, [(1,)], workers=-1)
