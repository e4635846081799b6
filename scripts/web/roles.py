"""Two roles for the pages: {src}`path::name` and {test}`path::name` lead to a function's line in the repository.

While the repository's address is not known they only name it. A page that names what is not there does not build.
"""

import ast
import re
from pathlib import Path
from typing import Any

from scripts.web.address import ROOT, repository

REFERENCE = re.compile(r"\{(?:src|test)\}`(?:[^`<]*<)?([^`>]+)>?`")


def line_of(reference: str, root: Path = ROOT) -> int:
    """Find the line of a file, class, function, method or constant.

    Args:
        reference: "path/from/the/root.py", "….py::function", "….py::Class.method" or "….py::CONSTANT".
        root: the checkout.

    Raises:
        ValueError: no such file, or nothing of that name in it.
    """
    path, _, name = reference.partition("::")
    if not (root / path).is_file():
        raise ValueError(f"{reference}: there is no file {path}.")
    if not name:
        return 1
    found: Any = ast.parse((root / path).read_text("utf-8"))
    for part in name.split("."):
        found = next((node for node in getattr(found, "body", []) if part in _names(node)), None)
        if found is None:
            raise ValueError(f"{reference}: {path} has no {part}.")
    return int(found.lineno)


def _names(node: Any) -> list[str]:
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return [getattr(node, "name", "")]


def setup_roles(app: Any) -> None:
    """Register both roles with Sphinx."""
    from docutils import nodes
    from sphinx.util.docutils import ReferenceRole

    class Source(ReferenceRole):
        def run(self) -> Any:
            line = line_of(self.target)
            path, _, name = self.target.partition("::")
            address = repository()
            if address is None:
                return [self.shown(name or path)], []
            link = nodes.reference("", "", refuri=f"{address}/blob/main/{path}#L{line}", classes=["source-link"])
            link += self.shown(name or path)
            return [link], []

        def shown(self, name: str) -> Any:
            text = self.title if self.has_explicit_title else name
            return nodes.Text(text) if self.has_explicit_title else nodes.literal(text, text)

    class Test(Source):
        def shown(self, name: str) -> Any:
            """A test's name is a sentence."""
            return nodes.Text(name.removeprefix("test_").replace("_", " "))

    app.add_role("src", Source())
    app.add_role("test", Test())
