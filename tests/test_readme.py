"""What the README names is there, and its lines of Python run."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CODE = re.search(r"```python\n(.+?)```", README, re.DOTALL)[1]


def test_lists_every_lesson_and_lab_and_what_it_links_to_and_names_exists():
    listed = re.findall(r"^\| (?:lab of \d\d: )?\[\w+\]\(notebooks/([\w/]+\.ipynb)\)", README, re.MULTILINE)
    folder = ROOT / "notebooks"
    assert sorted(listed) == sorted(path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*.ipynb"))
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]
    targets = re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE)
    assert set(targets) <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_its_twelve_lines_train_on_a_folder_of_pictures(tmp_path, monkeypatch):
    (tmp_path / "pictures").mkdir()
    for i, pixels in enumerate(np.random.default_rng(0).integers(0, 256, (20, 70, 66, 3), "uint8")):
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{i}.png")
    monkeypatch.chdir(tmp_path)
    assert len([line for line in CODE.splitlines() if line]) <= 12
    smaller = CODE.replace("steps=4000", "steps=2, batch_size=8").replace("width=0.25", "width=0.03")
    smaller = smaller.replace("=adam[1]", "=adam[1], run_eagerly=True")
    names: dict = {}
    exec(smaller, names)
    assert list(names["history"]["step"]) == [1, 2]
    assert (tmp_path / "runs" / "pictures" / "training.gif").exists()
