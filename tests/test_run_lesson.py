"""What `make run` says while a lesson runs."""

import json
from pathlib import Path

import pytest

from scripts.run_lesson import progress


def folder_with(tmp_path: Path, config: dict, rows: list[str]) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "history.csv").write_text("\n".join(["step,seconds", *rows]) + "\n")
    return tmp_path


def test_progress_tells_step_rate_and_time_left(tmp_path):
    folder = folder_with(tmp_path, {"parameters": {"STEPS": 130}}, ["10,5", "20,10", "30,15"])
    assert progress(folder).endswith("step 30 of 130, 2.0 steps a second, 0 min 50 s left")


@pytest.mark.parametrize("config", [{"pretrained": "sevens"}, {"parameters": {}, "pretrained": "sevens"}])
def test_a_shipped_training_in_place_of_one_has_no_progress(tmp_path, config):
    """With TRAIN=False the run's configuration is the card's, without parameters."""
    assert progress(folder_with(tmp_path, config, ["10,5", "20,10"])) == ""
