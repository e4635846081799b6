"""Every parameter of every lesson: a wrong value gets its sentence before anything is loaded or trained."""

import keyword
import re
import time
import types
from pathlib import Path

import nbformat
import pytest

from wgan_utils.runs.parameters import resolve_parameters
from wgan_utils.runs.rules import OF_A_SHIPPED_TRAINING, ParameterError

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
WRONG_TYPES = {int: ["five", True, 1.5, [1], {}], float: ["five", True, [1]], bool: [1, "yes"], str: [5, True, ["a"]]}
OUT_OF_RANGE = {int: [-1], float: [-1, -1e-9, float("nan"), float("inf"), 10**400], bool: [], str: []}
# What no type tells. Text is free only where it names images.
WRONG_TEXTS = ["no such thing", "../elsewhere", "\0", "x" * 300]
FREE = ("CATEGORY", "IMAGES", "OUTPUT_DIR")
# A cell that loads or trains; before it, the parameters must have been checked.
WORKS = re.compile(r"wu\.(load_images|train|run_all|fit_critic|restore_pretrained|evaluate)\(|\.fit\(")


class Lesson:
    """A notebook's cells as far as the one that checks the parameters."""

    def __init__(self, path: Path) -> None:
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        self.declaring = cells[0]
        self.place = next(i for i, source in enumerate(cells) if "wu.resolve_parameters(" in source)
        self.checking = cells[self.place]
        self.works = [i for i, source in enumerate(cells) if WORKS.search(source)]
        namespace: dict = {}
        exec(self.declaring, namespace)
        self.types = namespace["__annotations__"]

    def refuse(self, **values: object) -> str:
        """What the checking cell says of these values in papermill's cell."""
        injected = "# Parameters\n" + "".join(f"{name} = {value!r}\n" for name, value in values.items())
        namespace = {"In": ["", self.declaring, injected], "nan": float("nan"), "inf": float("inf")}
        for cell in namespace["In"]:
            exec(cell, namespace)
        # Whatever else the cell would call is not there, so that it can't be called.
        namespace["wu"] = types.SimpleNamespace(resolve_parameters=resolve_parameters, gpu_name=lambda: None)
        started = time.monotonic()
        with pytest.raises(ParameterError) as raised:
            exec(self.checking, namespace)
        assert time.monotonic() - started < 10
        return str(raised.value)


LESSONS = {path.stem: Lesson(path) for path in NOTEBOOKS}
PARAMETERS = [(stem, name) for stem, lesson in LESSONS.items() for name in lesson.types]


@pytest.mark.parametrize("stem", LESSONS)
def test_parameters_are_checked_before_anything_is_loaded_or_trained(stem):
    lesson = LESSONS[stem]
    assert lesson.place <= 3
    assert not [place for place in lesson.works if place <= lesson.place]


@pytest.mark.parametrize(("stem", "name"), PARAMETERS)
def test_every_wrong_value_is_refused_in_one_sentence_that_names_the_parameter(stem, name):
    lesson, kind = LESSONS[stem], LESSONS[stem].types[name]
    texts = [] if kind is not str or name in FREE else WRONG_TEXTS
    values = [*WRONG_TYPES[kind], *OUT_OF_RANGE[kind], *texts]
    for value in values:
        said = lesson.refuse(**{name: value})
        assert said.startswith(f"{name} must be "), (value, said)
        assert "\n" not in said, (value, said)
        assert len(said) < 700, (value, said)


@pytest.mark.parametrize(("stem", "name"), PARAMETERS)
def test_a_misspelt_parameter_is_told_from_the_right_one(stem, name):
    lesson = LESSONS[stem]
    for slip in (name.lower(), name[:-1], name + "S"):
        if slip not in lesson.types and not keyword.iskeyword(slip):
            said = lesson.refuse(**{slip: 1})
            assert said.startswith(f"{slip} is not a parameter of this notebook: did you mean "), said


VALUES = {"STEPS": 9, "WIDTH": 0.3, "LATENT_DIM": 9, "DIGIT": 3, "CATEGORY": "cat", "CLASS": "cat", "IMAGES": "a.zip"}
PAIRS = [(stem, name) for stem, name in PARAMETERS if name in VALUES and "TRAIN" in LESSONS[stem].types]


def test_each_of_what_contradicts_train_false_is_tried():
    assert {*VALUES} == {*OF_A_SHIPPED_TRAINING}


@pytest.mark.parametrize(("stem", "name"), PAIRS)
def test_what_contradicts_train_false_is_refused(stem, name):
    said = LESSONS[stem].refuse(TRAIN=False, **{name: VALUES[name]})
    assert said == f"TRAIN=False shows a training that ships, with its own {name}: leave {name} out."


@pytest.mark.parametrize("stem", LESSONS)
def test_every_mistake_has_its_line(stem):
    wrong = {name: -1 for name, kind in LESSONS[stem].types.items() if kind in (int, float)}
    lines = LESSONS[stem].refuse(**wrong).splitlines()
    assert [line.split()[0] for line in lines] == list(wrong)
