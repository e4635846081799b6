"""The page of results: how good each shipped generator is, from its card."""

from collections.abc import Iterable
from typing import Any

from scripts.web.lessons import same_drawings

MAIN = ("frechet", "precision", "recall", "memorisation_pixels")
BETTER = {"lower": "↓", "higher": "↑", "baseline": "→"}


def sections(cards: dict[str, dict[str, Any]]) -> str:
    """Make a section a generator: a picture, four metrics, and folded below them the others and how it was made."""
    return "\n".join(_section(name, cards[name]) for name in sorted(cards, key=lambda name: cards[name]["lesson"]))


def _section(name: str, card: dict[str, Any]) -> str:
    metrics = card["metrics"]["metrics"]
    stem = card["lesson"]
    return f"""## Lesson {stem[:2]}: `{name}`

::::{{container}} wu-result
[![What lesson {stem[:2]} generates](_static/gallery/{stem}.png){{.wu-small}}](lessons/{stem}.ipynb)

{_table(card, MAIN)}
::::

:::{{dropdown}} All other metrics, and how it was made
{_table(card, (id for id in metrics if id not in MAIN))}

{_about(card)}
:::
"""


def _table(card: dict[str, Any], ids: Iterable[str]) -> str:
    lines = ["| metric | generated | baseline |", "|---|---|---|"]
    same = same_drawings(card)
    for id in ids:
        row = card["metrics"]["metrics"][id]
        variants = f"; redrawn variants: {same:.3g}" if same is not None and id == "frechet" else ""
        title = f"{row['title']} {BETTER[row['better']]}"
        lines.append(f"| {title} | {row['value']:.3g} | {row['baseline']:.3g}{variants} |")
    return "\n".join(lines)


def _about(card: dict[str, Any]) -> str:
    n = next(iter(card["metrics"]["metrics"].values()))["n"]
    seeds = card["seeds"].items()
    others = [f"{row['frechet']:.3g} ({_steps(row, card)}seed {seed})" for seed, row in seeds if seed != _seed(card)]
    within = "in the lesson" if "FRESH_SEEDS" in card["parameters"] else "not trained"
    return (
        f"Preset `{card['parameters']['PRESET']}`, {card['steps']:,} steps, "
        f"seed {_seed(card)}, n = {n:,}; {card['data']['source']}; {card['environment']['hardware']}. "
        f"Fréchet distance of other seeds: {', '.join(others) or within}. "
        f"Known failings: {card['failings']}"
    )


def _seed(card: dict[str, Any]) -> str:
    return str(card["setup"]["seed"])


def _steps(row: dict[str, Any], card: dict[str, Any]) -> str:
    steps = row.get("steps", card["steps"])
    return "" if steps == card["steps"] else f"only {steps:,.0f} steps, "
