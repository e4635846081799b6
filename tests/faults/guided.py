"""A fuzzer that sees which code each file reaches, and so finds its way into the readers: `pip install atheris`.

python -m tests.faults.guided FOLDER [SECONDS] [READER]    keeps what reached something new in FOLDER; READER: images,
                                                            checkpoint, table or parameters
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["wgan_utils.data", "wgan_utils.training", "zipfile", "numpy.lib", "PIL"]):
    from tests.faults import properties


def main(folder: str, seconds: str = "300", reader: str = "images") -> None:
    """Fuzz one reader, beginning with the good files."""
    corpus, scratch = Path(folder), Path(tempfile.mkdtemp())
    corpus.mkdir(parents=True, exist_ok=True)
    files = [*properties.FILES]
    for number, content in enumerate(properties.FILES.values()):
        (corpus / f"good {number}").write_bytes(bytes([number]) + content)

    def images(data: bytes) -> None:
        if data:
            properties.loads_or_says_why(scratch, files[data[0] % len(files)], data[1:])

    def parameters(data: bytes) -> None:
        given = atheris.FuzzedDataProvider(data)
        names = [*properties.LESSONS[properties.LESSON].parameters, given.ConsumeString(6)]
        values = [given.ConsumeInt(9), given.ConsumeFloat(), given.ConsumeString(20), None, True]
        wanted = {given.PickValueInList(names): given.PickValueInList(values)}
        properties.parameters_are_good_or_refused(wanted)

    readers = {
        "images": images,
        "checkpoint": lambda data: properties.checkpoint_is_the_same_or_refused(scratch, lambda whole: data),
        "table": lambda data: properties.table_is_read_or_refused(scratch, lambda whole: data),
        "parameters": parameters,
    }
    atheris.Setup([sys.argv[0], str(corpus), f"-max_total_time={seconds}", "-max_len=4096"], readers[reader])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
