"""Every parameter of every lesson: its values, what is refused before anything is loaded, and the run it names."""

import ast
import json

import nbformat
import numpy as np
import pytest
from papermill import inspect_notebook

import wgan_utils as wu
from wgan_utils import parameters
from wgan_utils.errors import Refused
from wgan_utils.parameters import ParameterError, default_run_name, resolve
from wgan_utils.published import KINDS, LESSONS, PRESETS, WHERE_AND_HOW, notebooks
from wgan_utils.training.config import RunChanged
from wgan_utils.training.run import Run

NOTEBOOKS = notebooks()
SHIPPED = [name for name, lesson in LESSONS.items() if lesson.shipped]
SEVENS = "02_wgan_clipping_sevens"
every_lesson = pytest.mark.parametrize("lesson", LESSONS)


def code_of(lesson: str) -> list[str]:
    cells = nbformat.read(NOTEBOOKS[lesson], as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def refused(lesson: str, **given: object) -> list[str]:
    """The first word of each line of the refusal."""
    with pytest.raises(ParameterError) as raised:
        resolve(lesson, given, gpu=False)
    return [line.split()[0] for line in str(raised.value).splitlines()]


def another(lesson: str, name: str) -> object:
    """An allowed value that is not the one of the preset cpu."""
    kind = LESSONS[lesson].parameters[name]
    values = [*kind.choices, kind.low, kind.high, "." if name.endswith("_DIR") else "other"]
    return next(value for value in values if value not in (None, LESSONS[lesson].published["cpu"][name]))


@every_lesson
def test_a_notebooks_cells_agree_with_the_table(lesson):
    cell = inspect_notebook(NOTEBOOKS[lesson])
    kinds = {name: kind for name, kind in LESSONS[lesson].parameters.items() if kind.in_cell}
    assert list(cell) == list(kinds)
    assert len(cell) <= 12
    for name, kind in kinds.items():
        values = [LESSONS[lesson].published[preset][name] for preset in PRESETS]
        assert ast.literal_eval(cell[name]["default"]) == (values[0] if len({*values}) == 1 else None)
        assert (cell[name]["inferred_type_name"], cell[name]["help"]) == (kind.type.__name__, kind.help)
    assert f'\nrun = wu.lesson("{lesson}", globals())' in "\n".join(code_of(lesson)[1:3])


@pytest.mark.parametrize("lesson", SHIPPED)
def test_a_shipped_training_has_the_tables_values(lesson):
    card = wu.pretrained()[LESSONS[lesson].shipped]
    own = {name: value for name, value in resolve(lesson, {"TRAIN": False}, gpu=False).items() if name != "PRESET"}
    asked = card["parameters"]
    assert (card["lesson"], card["steps"], card["width"]) == (lesson, asked["STEPS"], own["WIDTH"])
    assert asked["PRESET"] == "cpu"
    of_the_winner = ("SEED", "STEPS") if "METHOD" in asked else ()  # lesson 05 ships one of its trainings
    left_out = {*WHERE_AND_HOW, *of_the_winner}
    assert not [n for n in own if n not in left_out and asked.get(n, own[n]) != own[n]]


@every_lesson
def test_a_preset_gives_its_published_values_and_the_runs_name(lesson):
    presets = [*((preset, False, preset) for preset in PRESETS), ("auto", False, "cpu"), ("auto", True, "full")]
    for preset, gpu, final in presets:
        settings = resolve(lesson, {"PRESET": preset}, gpu)
        assert settings == {**LESSONS[lesson].published[final], "PRESET": final, "RUN_NAME": final}
        assert list(json.loads(json.dumps(settings))) == list(LESSONS[lesson].parameters)


@every_lesson
def test_another_value_is_taken_and_stands_in_the_runs_name(lesson):
    for name in LESSONS[lesson].parameters:
        value = another(lesson, name)
        settings = resolve(lesson, {"PRESET": "cpu", name: value}, gpu=False)
        assert settings[name] == value
        named = name not in {"PRESET", *WHERE_AND_HOW}
        assert not named or settings["RUN_NAME"].startswith(f"cpu-{name.lower()}_")


@pytest.mark.parametrize("name", KINDS)
def test_a_wrong_type_or_a_value_out_of_range_is_refused_by_name(name):
    lesson = next(lesson for lesson in LESSONS if name in LESSONS[lesson].parameters)
    kind = LESSONS[lesson].parameters[name]
    wrong = {int: ["five", True, 1.5, [1]], float: ["five", True, [1]], bool: [1, "yes"], str: [5, True, ["a"]]}
    values = [*wrong[kind.type], None, {}]
    if kind.low is not None:
        values += [kind.low - 1, kind.low - 1e-7, kind.high * 1.5 + 1, 10**400, float("nan"), float("inf")]
        assert [resolve(lesson, {name: end}, False)[name] for end in (kind.low, kind.high)] == [kind.low, kind.high]
    values += ["a\0b"] if kind.choices or name == "DATA_DIR" else []
    values += ["..", ".hidden", "a b", "a/b", "a\n", "-x", "x.", "é", "a" * 101] if name == "RUN_NAME" else []
    for value in values:
        assert refused(lesson, **{name: value}) == [name], value


def test_numbers_take_the_declared_type_and_a_runs_name_is_a_folders_name():
    given = {"STEPS": 1e3, "WIDTH": 1, "DIGIT": np.int64(3), "CLIP_VALUE": np.float64(0.1), "TRAIN": np.bool_(True)}
    settings = resolve(SEVENS, given, gpu=False)
    assert {name: settings[name] for name in given} == given
    assert [type(settings[name]) for name in given] == [int, float, int, float, bool]
    categories = ["../a b/..\\c:*?", "a" * 200 + "b", "a" * 200 + "c"]
    names = [default_run_name({"PRESET": "cpu", "CATEGORY": one}, {"CATEGORY": "camel"}) for one in categories]
    assert names[0] == "cpu-category_a_b_.._c"
    assert len({*names}) == 3 and [len(name) for name in names[1:]] == [80, 80]  # noqa: PT018


@pytest.mark.parametrize("lesson", SHIPPED)
def test_without_training_only_where_and_how_can_be_chosen(lesson):
    of_lesson = LESSONS[lesson]
    for name in of_lesson.parameters.keys() - {"TRAIN"}:
        value = another(lesson, name)
        if name in of_lesson.free or name in {"PRESET", *WHERE_AND_HOW} - {"RUN_NAME"}:
            settings = resolve(lesson, {"TRAIN": False, name: value}, gpu=False)
            assert (settings[name], settings["RUN_NAME"]) == (value, f"shipped_{of_lesson.shipped}")
        else:
            assert refused(lesson, TRAIN=False, **{name: value}) == ["TRAIN=False"]


@pytest.fixture
def lesson_02(tmp_path, monkeypatch):
    """Run its parameters cell, with other lines in it, and then its set-up; as often as one likes."""
    monkeypatch.setattr(parameters, "gpu_name", lambda: None)

    def execute(namespace: dict, **lines: object) -> Run:
        exec(code_of(SEVENS)[0], namespace)
        namespace |= {"OUTPUT_DIR": str(tmp_path), **lines}
        return wu.lesson(SEVENS, namespace)

    return execute


def test_all_values_stand_in_the_notebook_and_cells_can_be_run_again(lesson_02):
    run = lesson_02(namespace := {}, DIGIT=5)
    assert run.parameters.items() <= namespace.items()
    assert (namespace["STEPS"], namespace["N_EVAL"], run.folder.name) == (800, 2000, "cpu-digit_5")
    namespace |= {"K": 3, "BATCH": 7, "digit": 5}  # the reader's own
    assert wu.lesson(SEVENS, namespace).parameters == lesson_02(namespace, DIGIT=5).parameters == run.parameters
    smoke = lesson_02(namespace, PRESET="smoke", STEPS=800)
    assert (smoke.parameters["N_EVAL"], smoke.folder.name) == (100, "smoke-steps_800")
    assert lesson_02(namespace, TRAIN=False).folder.name == wu.lesson(SEVENS, namespace).folder.name == "shipped_sevens"
    assert lesson_02(namespace, N_EVAL=50).folder.name == "cpu-n_eval_50"


def test_a_run_is_continued_whatever_the_kernel_ran_before(lesson_02):
    first: dict = {}
    assert [lesson_02(first, SEED=seed).folder.name for seed in (0, 5, 0)] == ["cpu", "cpu-seed_5", "cpu"]
    run = lesson_02(first, SEED=5)
    run.write_config({"setup": {}})
    run.save_checkpoint(1, {"weight": np.zeros(1)})
    lesson_02({}, SEED=5).write_config({"setup": {}})  # after a restart: no RunChanged
    older = lesson_02({}, SEED=5)
    older.parameters["JUDGED"] = older.parameters.pop("N_EVAL")
    with pytest.raises(RunChanged, match=f"{SEVENS}/cpu-seed_5.*JUDGED"):
        older.write_config({"setup": {}})


@pytest.mark.parametrize("slip", ["STEP", "CATEGRY", "FOO", "steps", "Digit", "JUDGED"])
def test_an_unknown_name_is_refused_and_forgotten(lesson_02, slip):
    kernel: dict = {}
    with pytest.raises(ParameterError, match=f"^{slip} "):
        lesson_02(kernel, **{slip: 3})
    assert lesson_02(kernel).folder.name == "cpu"
    with pytest.raises(ParameterError, match=r"^STEP .*\bSTEPS\b"):
        lesson_02(kernel, STEP=3)


def test_all_mistakes_are_named_and_nothing_is_changed(lesson_02, tmp_path):
    kernel: dict = {}
    for slips in ({"STEPPS": 5, "FOO": 1}, {"PRESET": "fast", "BATCH_SIZE": 0}):
        with pytest.raises(ParameterError) as raised:
            lesson_02(kernel, **slips)
        assert [line.split()[0] for line in str(raised.value).splitlines()] == [*slips]
        assert kernel["STEPS"] is None
    (tmp_path / "file").touch()
    for unwritable in (tmp_path / "file", tmp_path / "file" / "x"):
        with pytest.raises(ParameterError, match="OUTPUT_DIR"):
            lesson_02(kernel, OUTPUT_DIR=str(unwritable))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    with pytest.raises(ValueError, match=SEVENS):
        wu.lesson("sevens", {})


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_lesson_refuses_other_backends_than_tensorflow(tmp_path, monkeypatch, backend):
    monkeypatch.setattr(parameters, "BACKEND", backend)
    with pytest.raises(Refused, match=backend):
        wu.lesson(SEVENS, {"OUTPUT_DIR": str(tmp_path / "runs")})
    assert not (tmp_path / "runs").exists()
