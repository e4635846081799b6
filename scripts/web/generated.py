"""The pages, and parts of pages, that are written from notebooks, cards and the library's public names."""

import html
import re
from pathlib import Path
from types import ModuleType

import yaml

import wgan_utils
from benchmarks.records.catalogue import RECORDS, shown
from scripts.web.address import ROOT
from scripts.web.gifs import gif_tag, write_gif
from scripts.web.lessons import Lab, Lesson, labs, lessons
from scripts.web.results import sections
from wgan_utils.published import LESSONS, PRESETS
from wgan_utils.zoo.generators import load_trials, pretrained


def generated_pages(own_pages: list[Path], static: Path) -> dict[str, str]:
    """Return path → text of everything that is written by program.

    Args:
        own_pages: folders of the pages that bring a script of their own.
        static: the folder that becomes _static/, for the gallery's pictures.
    """
    all_lessons, all_labs = lessons(), labs()
    return {
        "generated/gallery.md": _gallery([_lesson_card(lesson, static) for lesson in all_lessons]),
        "generated/citation.md": _bibtex(),
        "generated/pages.md": _toctree([(_title(f / "page.md"), f.name) for f in own_pages]),
        "lessons/index.md": _lessons_index(all_lessons, all_labs),
        "generated/results.md": sections(pretrained()),
        "generated/parameters.md": _parameters(all_lessons, all_labs),
        "generated/few_images.md": _few_images(),
        **{f"generated/record_{name}.md": shown(name) for name in RECORDS},
        **_api(),
    }


def _few_images() -> str:
    """Write what lesson 07's trainings on few drawings came to: a row for each, from the lowest to the highest seed."""
    table = load_trials("few_images").table
    table["gap"] = 1 - table["held_out_estimate"] / table["train_estimate"]
    ends = table[table["step"].isin([3_000, 12_000]) & (table["ARM"] != "real images only")]
    shown = {"kernel_distance": 0, "copies_kernel_distance": 0, "gap": 2, "memorisation": 2}  # column → digits
    head = ["training images", "steps", "augmented", "kernel distance ×1000", "of mere copies"]
    head += ["1 − held-out ÷ training estimate", "memorisation ratio"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for (images, steps, arm), rows in ends.groupby(["N_TRAIN", "step", "ARM"], sort=True):
        cells = [
            " to ".join(f"{value:.{digits}f}".replace("-", "−") for value in sorted(rows[name]))
            for name, digits in shown.items()
        ]
        lines.append(f"| {images:,} | {steps:,} | {'no' if arm == 'plain' else arm} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _gallery(cards: list[str]) -> str:
    return "```{raw} html\n" + '<div class="wu-gallery">\n' + "\n".join(cards) + "\n</div>\n```\n"


def _lesson_card(lesson: Lesson, static: Path) -> str:
    data = (ROOT / "assets" / f"{lesson.stem}.gif").read_bytes()
    size = write_gif(data, lesson.stem, static / "gallery")
    picture = gif_tag(f"_static/gallery/{lesson.stem}", lesson.alt, size)
    return (
        f'<article class="wu-card">\n<div class="wu-picture">{picture}</div>\n'
        f'<h3><a href="lessons/{lesson.stem}.html"><span>{lesson.number}</span> '
        f"{html.escape(lesson.question)}</a></h3>\n"
        f"<dl><dt>Data</dt><dd>{html.escape(lesson.data)}</dd>\n<dt>Time</dt><dd>{html.escape(lesson.time)}</dd>\n"
        f"<dt>Result</dt><dd>{html.escape(lesson.result)}</dd></dl>\n</article>"
    )


def _title(page: Path) -> str:
    found = re.search(r"^# (.+)$", page.read_text("utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"{page} has no title, a line that begins with '# '.")
    return found[1]


def _toctree(entries: list[tuple[str, str]]) -> str:
    lines = "\n".join(f"{title} <{page}>" for title, page in entries)
    return f"```{{toctree}}\n:hidden:\n\n{lines}\n```\n"


def _lessons_index(all_lessons: list[Lesson], all_labs: list[Lab]) -> str:
    rows = "\n".join(
        f"| ![](../_static/gallery/{lesson.stem}.png){{.wu-small}} | {lesson.number} | "
        f"[{lesson.question}]({lesson.stem}.ipynb) | {lesson.data} | {lesson.time} |"
        for lesson in all_lessons
    )
    of_labs = "\n".join(f"| {lab.lesson} | [{lab.question}](labs/{lab.stem}.ipynb) |" for lab in all_labs)
    pages = [(f"{lesson.number} {_short(lesson.stem)}", lesson.stem) for lesson in all_lessons]
    pages += [(lab.title, f"labs/{lab.stem}") for lab in all_labs]
    return (
        "# Lessons\n\nRead them in their order. Every page is the notebook as it was run.\n\n"
        f"| what comes out | lesson | question | data | time |\n|---|---|---|---|---|\n{rows}\n\n"
        "A lab belongs to a lesson: one more question, answered in minutes.\n\n"
        f"| of lesson | question |\n|---|---|\n{of_labs}\n\n{_toctree(pages)}"
    )


def _short(stem: str) -> str:
    words = stem[3:].replace("_", " ")
    return re.sub(r"\b(wgan|gan|gp)\b", lambda found: found[0].upper(), words).replace("WGAN GP", "WGAN-GP")


def _bibtex() -> str:
    """What CITATION.cff says, for LaTeX."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    fields = {
        "title": f"{{{cited['title']}}}",
        "author": " and ".join(f"{{{author['name']}}}" for author in cited["authors"]),
        "version": cited["version"],
        "license": cited["license"],
        **({"url": cited["repository-code"]} if "repository-code" in cited else {}),
    }
    entries = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"```bibtex\n@software{{wgan_tutorial,\n{entries}\n}}\n```\n"


def _parameters(all_lessons: list[Lesson], all_labs: list[Lab]) -> str:
    """Every lesson's and lab's parameters, a table each."""
    parts = []
    titles = {lesson.stem: f"{lesson.number} {_short(lesson.stem)}" for lesson in all_lessons}
    for stem, title in (titles | {lab.stem: lab.title for lab in all_labs}).items():
        parts.append(f"\n## {title}\n")
        parts.append("| name | smoke / cpu / full | meaning | allowed |\n|---|---|---|---|")
        published = LESSONS[stem].published
        for name, kind in LESSONS[stem].parameters.items():
            values = [str(published[preset][name]) for preset in PRESETS]
            shown = " / ".join(values) if len(set(values)) > 1 else values[0]
            parts.append(f"| `{name}` | {shown} | {kind.help} | {kind.allowed} |")
    return "\n".join(parts) + "\n"


def _api() -> dict[str, str]:
    """One page a package or module, with everything that `import wgan_utils as wu` reaches in it."""
    members: dict[str, list[str]] = {}
    things = {name: getattr(wgan_utils, name) for name in wgan_utils.__all__}
    modules = {thing.__name__ for thing in things.values() if isinstance(thing, ModuleType)}
    for name, thing in things.items():
        if isinstance(thing, ModuleType):
            kind, target = "module", thing.__name__
        elif thing.__module__ in modules:
            continue  # described where its module is
        else:
            kind, target = "class" if isinstance(thing, type) else "function", f"{thing.__module__}.{name}"
        options = "" if kind == "function" else "\n   :members:"
        heading = f"``wu.{name}``"
        members.setdefault(target.split(".")[1], []).append(
            f"{heading}\n{'-' * len(heading)}\n\n.. auto{kind}:: {target}{options}\n"
        )
    pages = {f"api/{part}.rst": _api_page(part, found) for part, found in members.items()}
    entries = _toctree([(part, part) for part in members])
    listed = "\n".join(f"| [{part}]({part}.rst) | {_about(part)} |" for part in members)
    head = "# API\n\n`import wgan_utils as wu` reaches everything that is described here."
    head += "\n\n| part | what is in it |\n|---|---|"
    return {**pages, "api/index.md": f"{head}\n{listed}\n\n{entries}"}


def _api_page(part: str, members: list[str]) -> str:
    title = f"wgan_utils.{part}"
    return f"{title}\n{'=' * len(title)}\n\n{_about(part)}\n\n" + "\n".join(members)


def _about(part: str) -> str:
    path = ROOT / "wgan_utils" / part / "__init__.py"
    text = path if path.exists() else path.parent.with_suffix(".py")
    found = re.match(r'"""(.+?)\n?"""', text.read_text("utf-8"), re.DOTALL)
    return " ".join(found[1].split("\n\n")[0].split()) if found else ""
