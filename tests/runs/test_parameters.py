import json
import math
import re

import nbclient
import nbformat
import numpy as np
import pytest

import wgan_utils
from wgan_utils.runs.parameters import ParameterError, default_run_name, resolve_parameters

# A lesson's parameters cell as a reader would find it, and its presets.
CELL = """
PRESET: str = "auto"  # auto, smoke, cpu or full
STEPS: int = None  # generator updates
WIDTH: float = None  # share of the filters
DIGIT: int = 7  # 0 to 9, or "all"
BATCH_SIZE: int = 64  # images a step
CLIP_VALUE: float = 0.01  # c
SEED: int = 1  # of every random number
RHO: float = 0.5  # has no named rule
DATA_DIR: str = ""  # a folder with the data
OUTPUT_DIR: str = "runs"  # where runs go
RUN_NAME: str = ""  # "" names it by its parameters
ALLOW_STANDIN: bool = True  # whether stand-ins will do
"""
PRESETS = {
    "smoke": {"STEPS": 4, "WIDTH": 0.125},
    "cpu": {"STEPS": 300, "WIDTH": 0.5},
    "full": {"STEPS": 970, "WIDTH": 1.0},
}
CHOICES = {"DIGIT": [*range(10), "all"]}
DEFAULTS = {"DIGIT": 7, "BATCH_SIZE": 64, "CLIP_VALUE": 0.01, "SEED": 1}


def resolve(gpu=False, cell=CELL, choices=CHOICES, presets=PRESETS, defaults=DEFAULTS, **overrides):
    namespace = {}
    exec(cell, namespace)
    namespace.update(overrides)
    return resolve_parameters(namespace, presets=presets, gpu=gpu, choices=choices, defaults=defaults)


def message(**overrides):
    with pytest.raises(ParameterError) as caught:
        resolve(**overrides)
    return str(caught.value)


# Presets


@pytest.mark.parametrize(("gpu", "preset"), [(False, "cpu"), (True, "full")])
def test_auto_is_the_preset_for_the_machine(gpu, preset):
    settings = resolve(gpu=gpu)
    assert settings["PRESET"] == settings["RUN_NAME"] == preset
    assert {name: settings[name] for name in PRESETS[preset]} == PRESETS[preset]


def test_a_named_preset_beats_the_machine():
    assert resolve(gpu=True, PRESET="smoke")["STEPS"] == 4


def test_an_explicit_value_beats_the_preset_and_leaves_the_others_to_it():
    settings = resolve(PRESET="smoke", STEPS=3000)
    assert (settings["STEPS"], settings["WIDTH"]) == (3000, 0.125)


def test_settings_hold_every_parameter_in_order_and_survive_json():
    settings = resolve(STEPS=np.int64(5), WIDTH=np.float32(0.5), ALLOW_STANDIN=np.bool_(False))
    assert list(settings) == [line.split(":")[0] for line in CELL.split("\n") if line]
    assert json.loads(json.dumps(settings)) == settings
    assert [type(settings[name]) for name in ("STEPS", "WIDTH", "ALLOW_STANDIN")] == [int, float, bool]


def test_resolving_again_after_updating_the_notebook_changes_nothing():
    first = resolve(STEPS=20, DIGIT="all")
    assert first["RUN_NAME"] == "cpu-steps_20-digit_all"
    assert resolve(gpu=True, **first) == first


# Messages


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"DIGITT": 5}, "DIGITT is not a parameter of this notebook: did you mean DIGIT?"),
        (
            {"DIGIT": "eleven"},
            "DIGIT must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 or 'all', not 'eleven'.",
        ),
        ({"BATCH_SIZE": 0}, "BATCH_SIZE must be a positive whole number, at most 10,000, not 0."),
        ({"CLIP_VALUE": -1}, "CLIP_VALUE must be a positive number, not -1."),
        ({"RHO": "x"}, "RHO must be a number, not 'x'."),
        ({"ALLOW_STANDIN": "false"}, "ALLOW_STANDIN must be True or False, not 'false'."),
        ({"PRESET": "fast"}, "PRESET must be one of 'auto', 'smoke', 'cpu' or 'full', not 'fast'."),
        (
            {"RUN_NAME": 5},
            "RUN_NAME must be '' or a name of at most 100 letters, digits, '.', '_' and '-', a letter or "
            "digit first and last, not 5 (papermill's `-r RUN_NAME 5` passes it as text).",
        ),
    ],
)
def test_one_mistake_is_one_clear_sentence(overrides, sentence):
    assert message(**overrides) == sentence


def test_a_missing_data_folder_is_named_with_the_place_it_was_sought_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert message(DATA_DIR="nowhere") == (
        f"DATA_DIR must be '' or an existing folder, not 'nowhere' (looked in {tmp_path})."
    )
    (tmp_path / "nowhere").mkdir()
    assert resolve(DATA_DIR="nowhere")["DATA_DIR"] == "nowhere"


def test_several_mistakes_are_listed_one_a_line():
    lines = message(DIGITT=5, BATCH_SIZE=0, CLIP_VALUE=-1, PRESET="fast").split("\n")
    assert [line.split()[0] for line in lines] == ["DIGITT", "PRESET", "BATCH_SIZE", "CLIP_VALUE"]


def test_a_name_like_no_other_gets_the_list_of_names():
    assert message(QQQ=1).endswith(f"it has {', '.join(resolve())}.")


def test_lower_case_slips_are_caught_in_papermills_cell_and_only_there():
    resolve(steps=5, In=["", "steps = 5"])  # a lesson's own variable
    injected = "# Parameters\nSTEPS = 3\nsteps = 5\n"
    assert message(steps=5, In=["", CELL, injected]) == "steps is not a parameter of this notebook: did you mean STEPS?"


def test_upper_case_variables_of_other_cells_are_left_alone_when_all_is_run_again():
    cells = ["", CELL, "METHODS = {}", "N = 5", CELL]
    assert resolve(METHODS={}, N=5, In=cells) == resolve()
    typed = CELL + "DIGITT = 5\n"
    assert message(DIGITT=5, N=5, In=[*cells, typed]).startswith("DIGITT is not a parameter")
    assert "N is not" not in message(DIGITT=5, N=5, In=[*cells, typed])


def test_what_cannot_have_been_injected_is_no_parameter():
    extras = {"PRESETS": PRESETS, "GAN": type, "X": np.zeros(3), "_T": 1, "MATH": math, "f": 1, "Mixed": 2}
    assert resolve(**extras) == resolve()


# Values

BAD = {
    "STEPS": [0, 2, -3, 2.5, True, "5", math.inf, math.nan, [4]],
    "WIDTH": [0, 0.0, -1, True, "0.5", math.inf, -math.inf, math.nan, 10**400],
    "CLIP_VALUE": [0, math.nan],
    "SEED": [-1, 2**32, 0.5, False, None],
    "DIGIT": [10, -1, True, "7", "", 7.5, None, [7], np.arange(2)],
    "RHO": [True, math.nan, None],
    "DATA_DIR": [5, None, "no/such/folder", "a\0b"],
    "OUTPUT_DIR": [5, __file__],
    "RUN_NAME": ["a/b", "..", ".hidden", "a b", "a\n", "-x", "x.", "x-", "é", "a" * 101, True],
    "ALLOW_STANDIN": [0, 1, "True", None],
    "PRESET": [None, "", 1, ["cpu"], "Auto"],
}
GOOD = {
    "STEPS": [(1e3, 1000), (3, 3)],
    "WIDTH": [(1, 1.0), (np.float64(0.25), 0.25)],
    "SEED": [(0, 0), (2**32 - 1, 2**32 - 1)],
    "DIGIT": [(0, 0), ("all", "all"), (np.int32(3), 3), (5.0, 5)],
    "RHO": [(-2, -2.0)],
    "RUN_NAME": [("a", "a"), ("Run-2_b.c", "Run-2_b.c"), ("7", "7"), ("a" * 100, "a" * 100)],
    "OUTPUT_DIR": [("", ""), ("somewhere/new", "somewhere/new")],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_bad_values_are_refused_in_one_line_about_that_name(name, value):
    text = message(**{name: value})
    assert text.startswith(f"{name} ")
    assert "\n" not in text


@pytest.mark.parametrize(("name", "value", "final"), [(name, *pair) for name in GOOD for pair in GOOD[name]])
def test_good_values_arrive_in_their_declared_type(name, value, final):
    settled = resolve(**{name: value})[name]
    assert settled == final
    assert type(settled) is type(final)


def test_none_stays_only_where_the_annotation_allows_it():
    cell = CELL + "LIMIT: typing.Optional[int] = None\nOTHER: 'float | None' = 3"
    settings = resolve(cell=f"import typing{cell}")
    assert settings["LIMIT"] is None
    assert settings["OTHER"] == 3.0
    with pytest.raises(ParameterError, match=r"^OTHER must be a number or None, not 'x'\.$"):
        resolve(cell=f"import typing{cell}", OTHER="x")
    with pytest.raises(ParameterError, match="EXTRA is None, which leaves it to the preset, but"):
        resolve(cell=CELL + "EXTRA: int = None")


def test_preset_values_are_checked_too():
    presets = {**PRESETS, "cpu": {"STEPS": 0, "WIDTH": 0.5}}
    with pytest.raises(ParameterError, match=r"^STEPS must be a whole number of at least 3, not 0"):
        resolve(presets=presets)


@pytest.mark.parametrize(
    "wrong",
    [
        {"presets": {**PRESETS, "cpu": {"STEP": 3}}},
        {"choices": {"DIGITS": [1]}},
        {"defaults": {"DIGITS": 1}},
        {"presets": {"smoke": {}, "cpu": {}}},
        {"cell": CELL + "MODES: list[int] = [1]"},
    ],
)
def test_a_lessons_own_mistake_is_not_blamed_on_its_reader(wrong):
    with pytest.raises(ValueError, match=r"STEP'|DIGITS|presets must be|MODES is declared as") as caught:
        resolve(**wrong)
    assert not isinstance(caught.value, ParameterError)


def test_without_the_parameters_cell_the_message_says_to_run_it():
    with pytest.raises(ParameterError, match="run the notebook's parameters cell first"):
        resolve_parameters({"STEPS": 4}, presets=PRESETS, gpu=False)


# Names


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ({"DIGIT": 5, "PRESET": "smoke"}, "smoke-digit_5"),
        ({"STEPS": 3000, "WIDTH": 1}, "cpu-steps_3000-width_1.0"),
        ({"STEPS": 300, "BATCH_SIZE": 64}, "cpu"),  # given, but as published
        ({"CLIP_VALUE": 1e-5, "SEED": 2}, "cpu-clip_value_1e-05-seed_2"),
        (
            {"RHO": 0.9, "OUTPUT_DIR": "x", "ALLOW_STANDIN": False},
            "cpu",
        ),  # not in defaults; say where, not what
        ({"RUN_NAME": "mine", "DIGIT": 5}, "mine"),
    ],
)
def test_the_run_is_named_after_what_differs(overrides, name):
    assert resolve(**overrides)["RUN_NAME"] == name


SHOWN = [
    ({"WIDTH": 0.25}, "# Parameters\nTRAIN = False\nWIDTH = 0.25\n", "WIDTH"),
    ({"DIGIT": 5}, "# Parameters\nTRAIN = False\nDIGIT = 5\n", "DIGIT"),
    ({"STEPS": 9}, CELL.replace("STEPS: int = None", "STEPS: int = 9"), "STEPS"),
]


@pytest.mark.parametrize(("values", "cell", "name"), SHOWN, ids=[row[2] for row in SHOWN])
def test_what_a_shipped_training_has_of_its_own_contradicts_train_false(values, cell, name):
    sentence = f"TRAIN=False shows a training that ships, with its own {name}: leave {name} out."
    declared = CELL + "TRAIN: bool = True  # False shows what ships\n"
    given = {"cell": declared, "In": ["", declared, cell], "TRAIN": False}
    with pytest.raises(ParameterError, match=f"^{re.escape(sentence)}$"):
        resolve(**given, **values)
    assert resolve(**given | {"TRAIN": True}, **values)[name] == values[name]
    # Run once more, after the notebook has taken over what shipped.
    assert resolve(**given | {"In": ["", declared]}, **{"STEPS": 2300, "WIDTH": 0.5})["STEPS"] == 2300


def test_without_defaults_the_name_goes_by_the_cell_as_first_executed():
    cells = ["%syntax error", CELL, "# Parameters\nDIGIT = 5\n", CELL.replace("SEED: int = 1", "SEED: int = 2")]
    named = resolve(defaults=None, DIGIT=5, SEED=2, WIDTH=0.5, In=cells)["RUN_NAME"]
    assert named == "cpu-digit_5-seed_2"
    assert resolve(defaults=None, In=cells)["RUN_NAME"] == "cpu"
    assert resolve(defaults=None, DIGIT=5)["RUN_NAME"] == "cpu"  # outside IPython nobody can tell


def test_long_names_are_cut_and_stay_different():
    published = {f"PARAMETER_{index}": 0 for index in range(20)}
    names = [
        default_run_name({"PRESET": "cpu", **dict.fromkeys(published, 1), "PARAMETER_19": last}, published)
        for last in (1, 2)
    ]
    assert [len(name) for name in names] == [80, 80]
    assert names[0] != names[1]
    assert names[0][:71] == names[1][:71]


def test_names_are_safe_for_a_folder():
    settings = {"PRESET": "cpu", "CATEGORY": "../a b/..\\c:*?", "RUN_NAME": ""}
    assert default_run_name(settings, {"CATEGORY": "camel"}) == "cpu-category_a_b_.._c"


def test_it_works_in_a_real_kernel_and_the_traceback_ends_in_the_sentence():
    cells = [
        CELL,
        "# Parameters\nDIGIT = 5\n",
        # without the package's __init__, whose import of Keras takes seconds
        "import sys, types\nsys.modules['wgan_utils'] = types.ModuleType('wgan_utils')\n"
        f"sys.modules['wgan_utils'].__path__ = {list(wgan_utils.__path__)}\n"
        f"from wgan_utils.runs.parameters import resolve_parameters\nPRESETS = {PRESETS}",
        f"lists = dict(presets=PRESETS, choices={CHOICES})",
        "settings = resolve_parameters(globals(), gpu=False, **lists)\nglobals().update(settings)",
        "print(RUN_NAME, STEPS, DIGIT)",
        "BATCH_SIZE = 0\nresolve_parameters(globals(), gpu=False, **lists)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with pytest.raises(nbclient.exceptions.CellExecutionError) as caught:
        nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    assert notebook.cells[5].outputs[0].text == "cpu-digit_5 300 5\n"
    last_line = str(caught.value).strip().split("\n")[-1]
    assert (
        re.sub(r"\x1b\[\d*m", "", last_line)
        == "ParameterError: BATCH_SIZE must be a positive whole number, at most 10,000, not 0."
    )
