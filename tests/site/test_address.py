"""One place says where the repository is, and one command changes it everywhere."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from scripts.web.address import GITHUB, HOLDERS, ROOT, change, repository, site_address, slug

NEW = "https://github.com/someone-else/wasserstein"
# Links that lead to other people's repositories stay as they are.
ADDRESS = re.compile(r"(?:github\.com|/github)/[\w.-]+/[\w.-]+")


@pytest.fixture
def copy(tmp_path) -> Path:
    """Every file that holds the address."""
    for path in {path for pattern in HOLDERS for path in ROOT.glob(pattern)}:
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return tmp_path


def texts(root: Path) -> dict[Path, str]:
    return {path.relative_to(root): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def test_changes_every_file_that_has_it_and_nothing_else_in_them(copy):
    old, before = slug(repository(copy)), texts(copy)
    assert change(NEW, copy)
    after = texts(copy)
    assert repository(copy) == NEW
    assert site_address(copy) == "https://someone-else.github.io/wasserstein/"
    assert not [path for path, text in after.items() if f"github.com/{old}" in text or f"/github/{old}" in text]
    assert not [path for path, text in after.items() if site_address(ROOT) in text]
    change(f"https://github.com/{old}", copy)
    assert texts(copy) == before
    for path in (copy / "notebooks").glob("*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))


def test_no_tracked_file_holds_it_unknown_to_the_command(copy):
    """A file of another kind that names the repository would be left behind."""
    known = {ROOT / path for path in texts(copy)}
    ours = f"github.com/{slug(repository())}"
    folders = ("wgan_utils", "scripts", "examples", "benchmarks", "site", ".github", ".ci", "data")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".js", ".css")]
    files += [ROOT / "Makefile", ROOT / "environment.yml", ROOT / "LICENSE"]
    assert not [path for path in files if path not in known and ours in path.read_text("utf-8")]


@pytest.mark.parametrize("given", [NEW, NEW + "/", NEW + ".git", f" {NEW}\n"])
def test_takes_the_forms_that_people_paste(given):
    assert slug(given) == "someone-else/wasserstein"


@pytest.mark.parametrize("given", ["", "someone-else/wasserstein", "https://example.org/a/b", NEW + "/tree/main"])
def test_refuses_what_is_no_repository(given, copy):
    before = texts(copy)
    with pytest.raises(ValueError, match=r"must look like https://github\.com/OWNER/REPO"):
        change(given, copy)
    assert texts(copy) == before
    assert not GITHUB.fullmatch(given)
