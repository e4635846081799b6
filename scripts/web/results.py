"""The page of results: how good each shipped generator is, from its card."""

from typing import Any


def table(cards: dict[str, dict[str, Any]]) -> str:
    """Make one Markdown table, a column a generator, and under it how each was made."""
    metrics = [{row["title"]: row for row in card["metrics"]["metrics"].values()} for card in cards.values()]
    titles = list(dict.fromkeys(title for rows in metrics for title in rows))
    head = _line("metric (baseline)", *(f"`{name}`" for name in cards))
    lines = [head, _line(*["---"] * (len(cards) + 1))]
    lines += [_line(title, *(_cell(rows.get(title)) for rows in metrics)) for title in titles]
    return "\n".join([*lines, "", *(_about(name, card) for name, card in cards.items()), ""])


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(row: dict[str, Any] | None) -> str:
    return f"{row['value']:.3g} ({row['baseline']:.3g})" if row else ""


def _about(name: str, card: dict[str, Any]) -> str:
    n = next(iter(card["metrics"]["metrics"].values()))["n"]
    seeds = card["seeds"].items()
    others = [f"{row['frechet']:.3g} ({_steps(row, card)}seed {seed})" for seed, row in seeds if seed != _seed(card)]
    within = "in the lesson" if "FRESH_SEEDS" in card["parameters"] else "not trained"
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
