"""What a reader has written of a model, as a part of a run's identity: another step makes another run."""

import ast
import dis
import hashlib
import inspect
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from types import CodeType, FunctionType
from typing import Any

from wgan_utils.errors import Refused
from wgan_utils.published import WHERE_AND_HOW

PLAIN = (bool, int, float, str, type(None))
SPECIAL = ("__init__", "__call__")


def own_code(kind: type) -> dict[str, Any]:
    """Return what of a model's class is not the library's: the name of each function → a hash of its source.

    These are the class's methods, the functions and classes of the same notebook or file that they name, and those that
    these name in turn; and with their values, the constants that any of them names. Comments, docstrings and formatting
    make no difference.

    Returns:
        A dictionary that JSON can hold; empty for the library's own classes.

    Raises:
        ValueError: the source of one can't be read.
    """
    classes = [*takewhile(lambda one: not one.__module__.startswith("wgan_utils."), kind.__mro__)]
    places = {"__main__", *(one.__module__ for one in classes)}
    todo: list[tuple[str, Any]] = [(one.__name__, one) for one in classes]
    found: dict[str, Any] = {}
    seen: set[int] = set()
    while todo:
        name, thing = todo.pop()
        function = _function(thing)
        if _is_plain(thing):
            found[name] = thing
        elif id(function or thing) in seen or getattr(function or thing, "__module__", None) not in places:
            continue
        elif function is not None:
            found[name] = _hash(name, function)
            todo += _named(function)
        elif isinstance(thing, type):
            found[name] = [base.__name__ for base in thing.__bases__]
            todo += [(f"{name}.{key}", one) for key, one in vars(thing).items() if key in SPECIAL or key[:2] != "__"]
        seen.add(id(function or thing))
    return dict(sorted(found.items()))


def changed_code(stored: dict[str, Any], current: dict[str, Any]) -> list[str]:
    """Name the functions and constants that differ, but for constants which say where and how long a lesson runs."""
    names = [name for name in {**stored, **current} if name not in {*WHERE_AND_HOW, "STEPS"}]
    return [name for name in names if stored.get(name, ...) != current.get(name, ...)]


def _function(thing: Any) -> FunctionType | None:
    """The function that a method, a property or what a decorator made holds."""
    thing = thing.fget if isinstance(thing, property) else thing
    thing = inspect.unwrap(thing) if callable(thing) or hasattr(thing, "__wrapped__") else thing
    return thing if isinstance(thing, FunctionType) else None


def _is_plain(thing: Any) -> bool:
    return isinstance(thing, PLAIN) or (isinstance(thing, tuple | list) and all(map(_is_plain, thing)))


def _hash(name: str, function: FunctionType) -> str:
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    text = _source(name, function) + repr([one for one in defaults if _is_plain(one)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _source(name: str, function: FunctionType) -> str:
    """A function's source as Python would write it, without comments and docstrings."""
    try:
        text = inspect.getsource(function)
    except OSError as error:
        raise Refused(
            f"The source of {name} can't be read, by which a run is told from another: define it in a notebook's cell "
            "or in a file."
        ) from error
    try:
        tree = ast.parse(f"class _:\n{text}" if text[0].isspace() else text)
    except SyntaxError:  # a part of a statement, such as a lambda among arguments
        return text
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _named(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The global variables that a function names, and what it has from the functions around it."""
    codes = [function.__code__]
    for code in codes:
        codes += [one for one in code.co_consts if isinstance(one, CodeType)]
        for instruction in dis.get_instructions(code):
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME") and instruction.argval in function.__globals__:
                yield instruction.argval, function.__globals__[instruction.argval]
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # a variable that has no value yet
            yield name, cell.cell_contents
