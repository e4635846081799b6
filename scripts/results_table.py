"""Write the README's results table from the cards of the shipped generators.

python scripts/results_table.py
"""

from pathlib import Path
from typing import Any

from wgan_utils.pretrained import pretrained

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->"


def main() -> None:
    """Replace the table."""
    before, rest = README.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(before + BEGIN + table(pretrained()) + END + after, "utf-8")


def table(cards: dict[str, dict[str, Any]]) -> str:
    """Make one Markdown table a generator: each metric beside its floor, and how it was made."""
    return "\n".join(part for name, card in cards.items() for part in _one(name, card)) + "\n"


def _one(name: str, card: dict[str, Any]) -> list[str]:
    metrics = card["metrics"]["metrics"]
    n = next(iter(metrics.values()))["n"]
    rows = [f"| {metric} | {row['value']:.3g} | {row['floor']:.3g} |" for metric, row in metrics.items()]
    return [
        f"**`{name}`**, of lesson {card['lesson']}: preset `{card['parameters']['PRESET']}`, {card['steps']:,} steps, "
        f"seed {card['setup']['seed']}, {n:,} samples; {card['data']['source']}; "
        f"{card['environment']['hardware']}. Known failings: {card['failings']}",
        "",
        "| metric | value | floor |",
        "|---|---|---|",
        *rows,
        "",
    ]


if __name__ == "__main__":
    main()
