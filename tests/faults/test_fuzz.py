"""Files and parameters at random: whatever hypothesis comes up with, `properties.py` holds."""

import base64
import gzip
import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as any_array

from tests.faults import properties

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("WGAN_FUZZ_EXAMPLES", "150"))  # of each kind
# The same ones each time, so that what passes once passes again; time depends on the machine.
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HOW = st.sampled_from(["set", "insert", "delete", "cut", "repeat"])
EDITS = st.lists(st.tuples(HOW, st.floats(0, 1), st.binary(min_size=1, max_size=5)), min_size=1, max_size=5)
SIMPLE = (st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(max_size=20), st.binary())
ANYTHING = st.one_of(*SIMPLE, st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=3), st.none()))


def damaged(content: bytes, edits: list[tuple[str, float, bytes]]) -> bytes:
    """The content with some of its bytes changed, added, gone or told twice."""
    for how, where, some in edits:
        place = int(where * len(content))
        new = some if how in ("set", "insert") else b""
        after = {"set": place + len(some), "delete": place + len(some), "cut": len(content), "repeat": 0}.get(
            how, place
        )
        content = content[:place] + new + content[after:]
    return content


def damage_by(edits: list[tuple[str, float, bytes]]) -> Callable[[bytes], bytes]:
    return lambda content: damaged(content, edits)


@pytest.mark.parametrize("name", properties.FILES)
def test_damaged_files_of_images_load_or_are_refused(tmp_path, name):
    @fuzzed
    @given(edits=EDITS)
    def holds(edits):
        properties.loads_or_says_why(tmp_path, name, damaged(properties.FILES[name], edits))

    properties.loads_or_says_why(tmp_path, name, properties.FILES[name])
    holds()


@fuzzed
@given(content=st.binary(max_size=300), name=st.sampled_from([*properties.FILES]))
def test_any_bytes_load_or_are_refused(tmp_path, content, name):
    properties.loads_or_says_why(tmp_path, name, content)


SHAPES = any_array.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=10)
TYPES = st.one_of(
    any_array.scalar_dtypes(),
    any_array.array_dtypes(any_array.scalar_dtypes(), max_size=2),
    any_array.unicode_string_dtypes(),
)


@pytest.mark.filterwarnings("ignore:Stored array in format")  # NumPy's, of names that are not Latin
@fuzzed
@given(array=any_array.arrays(TYPES, SHAPES), name=st.sampled_from(["x_train", "a", "y_train"]))
def test_any_array_loads_or_is_refused(tmp_path, array, name):
    import numpy as np

    properties.loads_or_says_why(tmp_path, "images.npy", properties.saved(lambda file: np.save(file, array)))
    properties.loads_or_says_why(tmp_path, "images.npz", properties.saved(lambda file: np.savez(file, **{name: array})))


@fuzzed
@given(edits=EDITS)
def test_damaged_data_sets_are_read_or_refused(tmp_path, edits):
    properties.reads_or_says_why(tmp_path, "train-images-idx3-ubyte", damaged(properties.IDX, edits))
    properties.reads_or_says_why(tmp_path, "train-images-idx3-ubyte.gz", damaged(gzip.compress(properties.IDX), edits))
    properties.reads_or_says_why(tmp_path, "cifar-10-binary.tar.gz", damaged(properties.CIFAR, edits))


@fuzzed
@given(edits=EDITS)
def test_a_damaged_checkpoint_is_the_same_or_refused(tmp_path, edits):
    properties.checkpoint_is_the_same_or_refused(tmp_path, damage_by(edits))


@fuzzed
@given(edits=EDITS)
def test_damaged_tables_and_cards_are_read_or_refused(tmp_path, edits):
    properties.table_is_read_or_refused(tmp_path, damage_by(edits))
    properties.json_is_read_or_refused(tmp_path, damage_by(edits))


DECLARED = st.sampled_from([*properties.LESSONS[properties.LESSON].parameters])
NAMES = st.one_of(DECLARED, st.text("ABCST_", max_size=8))


@fuzzed
@given(values=st.dictionaries(NAMES, ANYTHING, max_size=4))
@example(values={"RUN_NAME": ".."})
def test_any_parameters_are_good_or_refused(values):
    properties.parameters_are_good_or_refused(values)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\5\6" + bytes(18),
        # Found by `guided.py`: a damaged archive whose end says that there is nothing in it.
        base64.b64decode("UEsDBBQAAAAIAFBLBQY7qFyFVL6nizEwLnBubmdQSwUGAAAAiAAAAP8AAAAAigdjAAAA"),
    ],
)
def test_an_archive_of_nothing_is_no_checkpoint(tmp_path, content):
    properties.checkpoint_is_the_same_or_refused(tmp_path, lambda whole: content)
