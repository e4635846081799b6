"""What a sweep runs: every lesson with every combination of parameters and every seed, each as a job."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wgan_utils.files import checkout
from wgan_utils.parameters import ParameterError, default_run_name, not_a_parameter
from wgan_utils.published import LESSONS
from wgan_utils.runs.jobs import Job

SET_BY_THE_SWEEP = ("OUTPUT_DIR", "RUN_NAME")
KEYS = ("name", "lessons", "seeds", "fixed", "parameters", "metric", "submitit")


@dataclass(frozen=True)
class Grid:
    """Lessons × parameters × seeds.

    Args:
        lessons: names of lessons in this checkout, or paths of notebooks.
        parameters: name → the values to try; or several such tables, whose combinations are put one after the other.
        seeds: values of SEED.
        fixed: parameters that are the same in every run.
    """

    lessons: Sequence[str | Path]
    parameters: Mapping[str, Sequence] | Sequence[Mapping[str, Sequence]] = field(default_factory=dict)
    seeds: Iterable[int] = (0,)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def combinations(self) -> list[dict[str, Any]]:
        """Every combination of what varies, SEED last and fastest."""
        tables = [self.parameters] if isinstance(self.parameters, Mapping) else list(self.parameters)
        found: list[dict[str, Any]] = []
        for table in tables or [{}]:
            lists = {name: _values(name, values) for name, values in {**table, "SEED": list(self.seeds)}.items()}
            found += [dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())]
        return found

    def jobs(self, folder: Path, cores: int) -> list[Job]:
        """List the runs, each with a folder of its own below the sweep's.

        Raises:
            ParameterError: a name that a lesson lacks, one that is set twice or by the sweep itself, two equal runs.
            FileNotFoundError: no such lesson.
        """
        combinations, jobs = self.combinations(), []
        for notebook in map(notebook_of, self.lessons):
            for varied in combinations:
                self._check(notebook, varied)
                every = {"PRESET": self.fixed.get("PRESET", "auto"), **varied}
                name = default_run_name(every, dict.fromkeys(varied, object()))  # whatever varies is in the name
                where = {"OUTPUT_DIR": str(folder), "RUN_NAME": name}
                run_folder, stop = str(folder / notebook.stem / name), str(folder / "stop")
                parameters = {**self.fixed, **varied, **where}
                jobs.append(Job(notebook.stem, str(notebook), run_folder, parameters, varied, cores, stop))
        names = [job.name for job in jobs]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ParameterError(f"The sweep has {twice[0]} more than once; its values must differ in a run's name.")
        return jobs

    def _check(self, notebook: Path, varied: Mapping[str, Any]) -> None:
        if both := sorted(set(varied) & set(self.fixed)):
            raise ParameterError(f"{both[0]} is both fixed and varied.")
        lesson = LESSONS.get(notebook.stem)
        declared = lesson.parameters if lesson else declared_parameters(notebook)
        for name in [*varied, *self.fixed]:
            if name in SET_BY_THE_SWEEP:
                raise ParameterError(f"{name} is set by the sweep, which gives each run a folder of its own.")
            if name not in declared:
                raise ParameterError(not_a_parameter(name, notebook.stem, declared))


def read_grid(path: Path) -> dict[str, Any]:
    """Read a grid from a TOML file: `Grid`'s arguments, and `name`, `metric` and `submitit` if given.

    Raises:
        ValueError: not TOML, no lessons, or keys that are not known.
    """
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is not TOML: {error}") from error
    if unknown := [key for key in content if key not in KEYS]:
        raise ValueError(f"{path.name} has {', '.join(unknown)}; a sweep is described by {', '.join(KEYS)}.")
    if not isinstance(content.get("lessons"), list) or not content["lessons"]:
        raise ValueError(f'{path.name} names no lessons: lessons = ["02_wgan_clipping_sevens"]')
    return {"name": path.stem, **content}


def notebook_of(lesson: str | Path) -> Path:
    """The notebook of a lesson's name, or at a path."""
    project = checkout()
    known = sorted((project / "notebooks").glob("*.ipynb")) if project else []
    for path in [Path(lesson), *(path for path in known if path.stem == str(lesson))]:
        if path.suffix == ".ipynb" and path.is_file():
            return path.resolve()
    names = ", ".join(path.stem for path in known)
    raise FileNotFoundError(f"There is no lesson or notebook {str(lesson)!r}{f'; there are {names}' if names else ''}.")


def declared_parameters(notebook: Path) -> list[str]:
    """The names in a notebook's parameters cell."""
    import ast
    import json

    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            lines = ast.parse("".join(cell["source"])).body
            return [ast.unparse(line.target) for line in lines if isinstance(line, ast.AnnAssign)]
    raise ParameterError(f"{notebook.name} has no cell tagged `parameters`.")


def _values(name: str, values: Any) -> list:
    if isinstance(values, str) or not isinstance(values, Iterable) or not (found := list(values)):
        raise ParameterError(f"{name} needs a list of at least one value to try, not {values!r}.")
    return found
