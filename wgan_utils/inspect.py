"""What `inspect_images` says, on the command line: python -m wgan_utils.inspect PATH [PAGE.html]."""

import sys
from pathlib import Path

from wgan_utils.data.own import inspect_images

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        report = inspect_images(sys.argv[1])
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    print(report)
    for page in sys.argv[2:]:
        title = f'<!doctype html><meta charset="utf-8"><title>{report.name}</title>'
        Path(page).write_text(title + report._repr_html_(), "utf-8")
