"""What `inspect_images` says, on the command line: python -m wgan_utils.inspect PATH [PAGE.html]."""

import sys
from pathlib import Path

from wgan_utils.data.inspection import inspect_images


def main(arguments: list[str]) -> int | str:
    """Print the report on a folder or zip, and write it as a page if one is named; an error's sentence, or 0."""
    if len(arguments) not in (1, 2):
        return str(__doc__)
    try:
        report = inspect_images(arguments[0])
    except (FileNotFoundError, ValueError) as error:
        return str(error)
    print(report)
    if len(arguments) == 2:
        head = f'<!doctype html><meta charset="utf-8"><title>{report.name}</title>'
        Path(arguments[1]).write_text(head + report._repr_html_(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
