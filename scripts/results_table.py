"""Write the README's gallery and results table, from the lessons and the cards of the shipped generators.

python scripts/results_table.py
"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # as a program, it finds its neighbours

from scripts.web.lessons import Lesson, lessons  # noqa: E402
from wgan_utils.zoo.generators import pretrained  # noqa: E402

README = ROOT / "README.md"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->"
BEGIN_GALLERY, END_GALLERY = "<!-- gallery -->\n", "<!-- end of gallery -->"
COLUMNS = 3


def main() -> None:
    """Replace both."""
    text = README.read_text("utf-8")
    text = _replaced(text, BEGIN_GALLERY, END_GALLERY, gallery(lessons()))
    README.write_text(_replaced(text, BEGIN, END, table(pretrained())), "utf-8")


def _replaced(text: str, begin: str, end: str, part: str) -> str:
    before, rest = text.split(begin)
    return before + begin + part + end + rest.split(end)[1]


def gallery(all_lessons: list[Lesson]) -> str:
    """Make an HTML table of the lessons' animations, each over its question, time and result."""
    cells = [_picture(lesson) for lesson in all_lessons]
    rows = ["".join(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    return "<table>\n" + "".join(f"<tr>\n{row}</tr>\n" for row in rows) + "</table>\n"


def _picture(lesson: Lesson) -> str:
    notebook = f"notebooks/{lesson.stem}.ipynb"
    return (
        f'<td width="33%" valign="top"><a href="{notebook}"><img src="assets/{lesson.stem}.gif" width="260" '
        f'alt="{lesson.alt}"></a><br><b>{lesson.number}</b> {lesson.question}<br>'
        f"<sub>{lesson.time}. {lesson.result}.</sub></td>\n"
    )


def table(cards: dict[str, dict[str, Any]]) -> str:
    """Make one Markdown table, a column a generator, and under it how each was made."""
    metrics = [{row["title"]: row for row in card["metrics"]["metrics"].values()} for card in cards.values()]
    titles = list(dict.fromkeys(title for rows in metrics for title in rows))
    head = _line("metric (real images)", *(f"`{name}`" for name in cards))
    lines = [head, _line(*["---"] * (len(cards) + 1))]
    lines += [_line(title, *(_cell(rows.get(title)) for rows in metrics)) for title in titles]
    return "\n".join([*lines, "", *(_about(name, card) for name, card in cards.items()), ""])


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(row: dict[str, Any] | None) -> str:
    return f"{row['value']:.3g} ({row['reference']:.3g})" if row else ""


def _about(name: str, card: dict[str, Any]) -> str:
    n = next(iter(card["metrics"]["metrics"].values()))["n"]
    seeds = card["seeds"].items()
    others = [f"{row['frechet']:.3g} ({_steps(row, card)}seed {seed})" for seed, row in seeds if seed != _seed(card)]
    within = "in the lesson" if card["parameters"].get("SEEDS", 1) > 1 else "not trained"
    return (
        f"- `{name}`, of lesson {card['lesson']}: preset `{card['parameters']['PRESET']}`, {card['steps']:,} steps, "
        f"seed {_seed(card)}, n = {n:,}; {card['data']['source']}; {card['environment']['hardware']}. "
        f"Fréchet distance of other seeds: {', '.join(others) or within}. "
        f"Known failings: {card['failings']}"
    )


def _seed(card: dict[str, Any]) -> str:
    return str(card["setup"]["seed"])


def _steps(row: dict[str, Any], card: dict[str, Any]) -> str:
    steps = row.get("steps", card["steps"])
    return "" if steps == card["steps"] else f"only {steps:,.0f} steps, "


if __name__ == "__main__":
    main()
