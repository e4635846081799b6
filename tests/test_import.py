"""Importing the library: silent, quick, in one direction, and with the backend known to one file."""

import ast
import os
import signal
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import wgan_utils

PACKAGE = Path(wgan_utils.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.stem != "__init__"
}
# From the ground up: a room may import from the rows above its own, and within itself.
ROOMS = [
    {"answers", "files", "pixels", "published", "startup"},
    {"gan", "data"},
    {"runs"},
    {"metrics", "zoo"},
    {"plots"},
    {"training"},
    {"parameters"},
]
BACKENDS = {"tensorflow", "jax", "torch"}
# Pixels, numbers and figures: these have no use for a network.
WITHOUT_KERAS = {
    *(name for name in MODULES if name.startswith(("data.", "plots."))),
    *("files", "pixels", "runs.run", "runs.history", "runs.checkpoints"),
    *("metrics.distances", "metrics.neighbours", "metrics.transport", "metrics.pyramid"),
}


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess:
    """Run a program the way a user's fresh kernel would: without what this process's imports have set."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE.parent,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def imports(path: Path, at_import_time: bool = False) -> set[str]:
    """The modules that a file imports, anywhere in it or only where it happens on import."""
    found = set()

    def visit(node: ast.AST) -> None:
        if at_import_time and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return  # for the type checker alone
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text()))
    return found


def used_modules(name: str) -> set[str]:
    """The library's modules that one of them imports."""
    return {imported.removeprefix("wgan_utils.") for imported in imports(MODULES[name])} & MODULES.keys()


def level(module: str) -> int:
    """The row of ROOMS that a module stands in."""
    return next(row for row, rooms in enumerate(ROOMS) if module.split(".")[0] in rooms)


def test_importing_says_nothing_and_neither_do_a_network_or_tensorflow_afterwards():
    done = run_python("import wgan_utils as wu\nwu.networks.sevens_critic(0.1)\nimport tensorflow")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def configured(body: str, **environment: str) -> subprocess.CompletedProcess:
    """Run a program within `startup.configured()`, without the seconds that the whole library takes."""
    code = f"import os, runpy, sys\nwith runpy.run_path({str(MODULES['startup'])!r})['configured']():\n    {body}\n"
    return run_python(code + "print('afterwards', file=sys.stderr)", **environment)


def test_what_others_say_while_it_imports_is_passed_on():
    said = "print('from python', file=sys.stderr); os.write(2, b'I0000 00:00 chatter\\nfrom compiled code\\n')"
    assert configured(said).stderr.splitlines() == ["from python", "from compiled code", "afterwards"]


def test_what_is_said_before_a_crash_while_it_imports_is_heard():
    done = configured("os.write(2, b'I0000 chatter\\nno such instruction\\n'); os.abort()")
    assert done.returncode == -signal.SIGABRT
    assert "no such instruction" in done.stderr
    assert "I0000" not in done.stderr


def test_an_error_while_it_imports_is_passed_on():
    done = configured("os.write(2, b'a reason\\n'); raise ImportError('no such backend')")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "a reason"
    assert done.stderr.splitlines()[-1] == "ImportError: no such backend"


def test_a_users_own_settings_of_tensorflow_stay():
    said = "print(os.environ['TF_ENABLE_ONEDNN_OPTS'], os.environ['TF_CPP_MIN_LOG_LEVEL'])"
    assert configured(said).stdout == "1 3\n"
    assert configured(said, TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="2").stdout == "0 2\n"


def test_an_unknown_backend_is_named():
    done = run_python("import wgan_utils", KERAS_BACKEND="abacus")
    assert done.returncode == 1
    assert "abacus" in done.stderr


def test_the_library_adds_less_than_a_second_to_keras_and_tensorflow():
    code = (
        "import time, keras, tensorflow\n"
        "start = time.perf_counter(); import wgan_utils; print(time.perf_counter() - start)"
    )
    # A busy machine can only make it slower, so that the first good measurement of three will do.
    assert any(float(run_python(code).stdout) < 1 for _ in range(3))


@pytest.mark.parametrize("name", ["__init__", *sorted(MODULES)])
def test_heavy_libraries_wait_until_they_are_needed(name):
    """TensorFlow happens to bring some of them along; JAX and PyTorch do not."""
    found = {
        imported.split(".")[0] for imported in imports(MODULES.get(name, PACKAGE / "__init__.py"), at_import_time=True)
    }
    assert not found & {"scipy", "sklearn", "matplotlib", "mlxtend", "imageio", "IPython", "pandas"}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_one_file_imports_a_backend(name):
    found = {imported.split(".")[0] for imported in imports(MODULES[name])} & BACKENDS
    assert found == (BACKENDS if name == "gan.backend" else set())


@pytest.mark.parametrize("name", sorted(WITHOUT_KERAS))
def test_pixels_numbers_and_figures_need_no_keras(name):
    assert "keras" not in {imported.split(".")[0] for imported in imports(MODULES[name])}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_room_rests_on_the_rooms_below_it(name):
    room = name.split(".")[0]
    upwards = {used for used in used_modules(name) if used.split(".")[0] != room and level(used) >= level(name)}
    assert upwards <= ({"parameters"} if name == "runs.grids" else set())


def test_imports_go_in_one_direction_within_a_room_too():
    graph = {name: used_modules(name) for name in MODULES}
    assert graph["training.train"] >= {"gan.models", "training.batches", "runs.run"}  # not empty by mistake
    list(TopologicalSorter(graph).static_order())  # raises CycleError, naming the circle


def test_every_file_lies_in_a_room():
    ground = {name for name in MODULES if "." not in name}
    assert ground == ROOMS[0] | {"parameters"}
    assert {name.split(".")[0] for name in MODULES} == set().union(*ROOMS)


def test_every_exported_name_exists_and_is_documented():
    assert sorted(wgan_utils.__all__) == sorted(set(wgan_utils.__all__))
    for name in wgan_utils.__all__:
        assert getattr(wgan_utils, name).__doc__, name
