"""MathJax 3.2.2 for the site, from the package sphinx-mathjax-offline: the script and its fonts, and nothing else.

MathJax 4 fetches fonts even when it is served locally; this one, whole in one file, asks for nothing but its fonts. The
package on PyPI holds the files of npm's mathjax@3.2.2, so that no other registry is needed and none of them is in git.
"""

import hashlib
import importlib.metadata
import shutil
from pathlib import Path

SCRIPT = "tex-chtml-full.js"
# The same file as es5/tex-chtml-full.js in npm's mathjax@3.2.2.
SHA256 = "91b005503c5d1f0958bf4d73ada1a3be33596b2c4ab5da22277f1b0d3149b5a4"
FONTS = "output/chtml/fonts/woff-v2"
NOTICE = """MathJax 3.2.2, https://www.mathjax.org, copyright the MathJax Consortium.
Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0
The fonts are licensed likewise. Both are unchanged, from npm's mathjax@3.2.2.
"""


def copy_mathjax(target: Path) -> None:
    """Put script, fonts and licence notice into a folder.

    Raises:
        ValueError: the package holds another version.
    """
    files = importlib.metadata.files("sphinx-mathjax-offline") or []
    script = next(Path(str(file.locate())) for file in files if file.name == SCRIPT)
    found = hashlib.sha256(script.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{script.name} is not MathJax 3.2.2's: its SHA-256 is {found}, expected {SHA256}.")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(script, target / SCRIPT)
    shutil.copytree(script.parent / FONTS, target / FONTS, dirs_exist_ok=True)
    (target / "NOTICE").write_text(NOTICE, "utf-8")
