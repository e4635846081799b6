"""What was found, in sentences; those of all bugs stand in sentences.ini."""

from configparser import RawConfigParser
from pathlib import Path
from typing import Any

SENTENCES = RawConfigParser(delimiters="=")
SENTENCES.read(Path(__file__).with_name("sentences.ini"), "utf-8")
PENALTY, STEP = (dict(SENTENCES[part]) for part in ("penalty", "step"))


class Report:
    """What an audit has found: false where that is nothing; `found` has the bugs' ids; prints as sentences."""

    def __init__(self, of: str, sentences: dict[str, str]) -> None:
        self.of, self.sentences = of, sentences
        self.said: dict[str, str] = {}

    def add(self, bug: str, **numbers: Any) -> None:
        """Note a bug, once."""
        self.said.setdefault(bug, self.sentences[bug].format(**numbers))

    @property
    def found(self) -> list[str]:
        """The ids of the bugs."""
        return list(self.said)

    def __bool__(self) -> bool:
        return bool(self.said)

    def __str__(self) -> str:
        if not self.said:
            return f"{self.of}: none of {len(self.sentences)} known faults is found."
        return "\n".join(f"{self.of}: {text} [{bug}]" for bug, text in self.said.items())

    __repr__ = __str__
