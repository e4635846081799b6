"""GIFs on the pages: each begins as a still of its last frame, so that nobody is made to watch."""

import base64
import hashlib
import html
import io
import re
from pathlib import Path

from PIL import Image

EMBEDDED = re.compile(r'<img src="data:image/gif;base64,([^"]+)"([^>]*)>')
ALT = re.compile(r'alt="([^"]*)"')


def write_gif(data: bytes, stem: str, folder: Path) -> tuple[int, int]:
    """Write stem.gif and stem.png, its last frame; returns width and height in pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.gif").write_bytes(data)
    with Image.open(io.BytesIO(data)) as gif:
        gif.seek(gif.n_frames - 1)
        gif.convert("RGB").save(folder / f"{stem}.png", optimize=True)
        return gif.size


def gif_tag(path: str, alt: str, size: tuple[int, int], style: str = "") -> str:
    """Make the HTML of a GIF that begins as a still of its last frame, and that site.js lets play.

    Args:
        path: from the page to the file, without its ending.
        alt: what it shows; unescaped.
        size: width and height in pixels.
        style: further CSS.
    """
    width, height = size
    return (
        f'<img class="wu-gif" src="{path}.png" data-moving="{path}.gif" width="{width}" height="{height}" '
        f'alt="{html.escape(alt)}" loading="lazy"{f" style={chr(34)}{style}{chr(34)}" if style else ""}>'
    )


def extract_gifs(text: str, folder: Path, path: str) -> str:
    """Take GIFs out of a notebook's HTML output into files, which a browser can load when they are looked at.

    Args:
        text: HTML.
        folder: where the files go.
        path: from the page to that folder.
    """

    def replace(found: re.Match[str]) -> str:
        data = base64.b64decode(found[1])
        stem = hashlib.sha256(data).hexdigest()[:12]
        width, height = write_gif(data, stem, folder)
        alt, scale = ALT.search(found[2]), re.search(r'width="(\d+)"', found[2])
        shown = int(scale[1]) if scale else width
        size = shown, round(height * shown / width)
        return gif_tag(f"{path}/{stem}", html.unescape(alt[1]) if alt else "", size, "image-rendering: pixelated")

    return EMBEDDED.sub(replace, text)
