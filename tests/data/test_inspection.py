"""What `inspect_images` finds: each kind of finding in a folder made for it, and none in an ordinary one."""

import io
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.refused import refused
from wgan_utils.data import inspection
from wgan_utils.data.inspection import inspect_images
from wgan_utils.data.pictures import near_copies

RANDOM = np.random.default_rng(0)


def noise(*shape: int, top: int = 256, kind: type = np.uint8) -> np.ndarray:
    """Rough pictures, whose small copies differ."""
    coarse = RANDOM.integers(0, top, (shape[0] // 8, shape[1] // 8, *shape[2:]))
    return coarse.repeat(8, 0).repeat(8, 1).astype(kind)


def fill(folder: Path, make, count: int = 12, suffix: str = "png", **options) -> None:
    for number in range(count):
        one = make()
        one = one if isinstance(one, Image.Image) else Image.fromarray(one)
        (folder / f"{number:02d}.{suffix}").parent.mkdir(exist_ok=True, parents=True)
        one.save(folder / f"{number:02d}.{suffix}", **options)


def colour() -> np.ndarray:
    return noise(64, 64, 3)


def white_shape() -> Image.Image:
    picture = Image.new("LA", (64, 64), (255, 0))
    x, y = RANDOM.integers(8, 56, 2)
    ImageDraw.Draw(picture).ellipse((x - 8, y - 8, x + 8, y + 8), fill=(255, 255))
    return picture


def palette() -> Image.Image:
    picture = Image.fromarray(colour()).quantize(16)
    picture.info["transparency"] = 0
    return picture


def framed() -> np.ndarray:
    return np.pad(noise(48, 64, 3), ((8, 8), (0, 0), (0, 0)))


def two() -> np.ndarray:
    return np.hstack([noise(64, 64, 3) // 3, noise(64, 64, 3) // 3 + 170])


def grey() -> np.ndarray:
    return noise(64, 64)


def copies(folder: Path) -> None:
    fill(folder, colour)
    picture = Image.open(folder / "03.png")
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(90).save(folder / "a.jpg", quality=80)


def named_masks(folder: Path) -> None:
    fill(folder, colour)
    for number in range(6):
        shutil.copy(folder / f"{number + 1:02d}.png", folder / f"{number:02d}_mask.png")


def stack(folder: Path, suffix: str) -> None:
    fill(folder, colour)
    pages = [Image.fromarray(colour()) for _ in range(4)]
    pages[0].save(folder / f"many.{suffix}", save_all=True, append_images=pages[1:])


def folders(folder: Path, *names: str) -> None:
    for name in names:
        fill(folder / name, colour, 6)


def beside(folder: Path, content: bytes, name: str) -> None:
    fill(folder, colour)
    (folder / name).write_bytes(content)


def png(**options) -> bytes:
    content = io.BytesIO()
    Image.fromarray(colour()).save(content, **{"format": "png", **options})
    return content.getvalue()


def deep(folder: Path) -> None:
    """16 bits a channel, as Pillow cannot write them: a PNG of one colour with its checksums."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + RANDOM.integers(0, 256, 6 * 16, np.uint8).tobytes() for _ in range(16))
    head = struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)
    beside(
        folder,
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""),
        "x.png",
    )


# Each kind: what makes the folder, the kind of finding, the option that decides otherwise.
CASES = {
    "masks of 0 and 1": (lambda f: fill(f, lambda: noise(64, 64, top=2)), "range", "value_range"),
    "label maps": (lambda f: fill(f, lambda: noise(64, 64, top=20)), "range", "value_range"),
    "12 of 16 bits": (lambda f: fill(f, lambda: noise(64, 64, top=4096, kind=np.uint16)), "range", "value_range"),
    "8 of 32 bits": (lambda f: fill(f, lambda: noise(64, 64, kind=np.int32), suffix="tif"), "range", "value_range"),
    "signed": (lambda f: fill(f, lambda: noise(64, 64, kind=np.int32) - 99, suffix="tif"), "range", "value_range"),
    "floats": (lambda f: fill(f, lambda: noise(64, 64, kind=np.float32), suffix="tif"), "range", "value_range"),
    "16 bits a channel": (deep, "depth", ""),
    "white on transparent": (lambda f: fill(f, white_shape), "transparency", "background"),
    "transparent palette": (lambda f: fill(f, palette), "transparency", "background"),
    "animated": (lambda f: stack(f, "gif"), "frames", "frames"),
    "pages": (lambda f: stack(f, "tif"), "frames", "frames"),
    "wide": (lambda f: fill(f, lambda: noise(32, 96, 3)), "crop", "fit"),
    "side by side": (lambda f: fill(f, two), "pairs", ""),
    "masks beside": (lambda f: folders(f, "images", "masks"), "pairs", ""),
    "masks by name": (named_masks, "pairs", ""),
    "frames around": (lambda f: fill(f, framed), "border", ""),
    "grey among coloured": (lambda f: [fill(f, colour), fill(f / "g", grey, 1)], "grey", "colour"),
    "blank": (lambda f: [fill(f, colour), Image.new("RGB", (64, 64), "red").save(f / "g.png")], "blank", ""),
    "copies": (copies, "copies", ""),
    "classes": (lambda f: folders(f, "cat", "dog"), "classes", "classes"),
    "split": (lambda f: folders(f, "train/a", "Test/a"), "split", ""),
    "no suffix": (lambda f: beside(f, png(), "picture"), "suffix", ""),
    "another suffix": (lambda f: beside(f, png(format="webp"), "picture.jpg"), "suffix", ""),
    "a plug-in's": (lambda f: beside(f, b"\0\0\0\x18ftypheic", "IMG_1.HEIC"), "left out", ""),
    "an archive": (lambda f: beside(f, b"PK\x03\x04", "more.zip"), "left out", ""),
    "damaged": (lambda f: beside(f, png()[:300], "half.png"), "unreadable", ""),
    "tiny": (lambda f: fill(f, lambda: noise(16, 16, 3)), "enlarged", "image_size"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "kind", "option"), CASES.values(), ids=CASES)
def test_every_kind_is_found_and_no_other(folder, make, kind, option):
    make(folder)
    report = inspect_images(folder)
    others = {"pairs": {"copies", "crop"}, "depth": {"enlarged"}, "transparency": {"copies"}}.get(kind, set())
    assert kind in {one.kind for one in report.findings}
    assert {one.kind for one in report.findings} <= {kind, *others}
    (one,) = (one for one in report.findings if one.kind == kind)
    assert one.option == option
    assert one.sentence in report._repr_html_() or "&" in report._repr_html_()


@pytest.mark.parametrize("packed", [False, True])
def test_an_ordinary_folder_or_zip_has_a_page_and_no_findings(folder, tmp_path, packed):
    fill(folder / "below", colour, 20, "jpg", quality=90)
    (folder / "notes.txt").write_text("mine")
    place = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder)) if packed else folder
    report = inspect_images(place)
    assert report.findings == []
    assert report.table.loc["pictures"].item() == "20"
    assert report.sheet.size[0] > report.sheet.size[1]
    page = report._repr_html_()
    assert all(said in page for said in ("JPEG 20", "64×64 20", "txt 1", "data:image/png;base64"))
    assert "JPEG 20" in str(report)


def test_names_from_the_disk_are_no_html(folder):
    fill(folder, colour, 3)
    (folder / "<b>.png").write_bytes(b"none")
    assert "<b>" not in inspect_images(folder)._repr_html_()


def test_large_pictures_and_many_are_sampled_and_it_is_said(folder, monkeypatch):
    monkeypatch.setattr(inspection, "SAMPLED", 8)
    fill(folder, colour, 20)
    assert "looked at" not in inspect_images(folder).table.index
    for limit in ("SMALL", "ALL"):
        with monkeypatch.context() as patch:
            patch.setattr(inspection, limit, 10)
            report = inspect_images(folder)
        assert report.table.loc["looked at"].item().startswith("8 ")
        assert report.table.loc["formats"].item() == "PNG 8"


def test_memory_does_not_grow_with_the_pictures(folder):
    fill(folder, colour, 4)
    archive = folder / "many.zip"

    def peak(number: int) -> int:
        with zipfile.ZipFile(archive, "w") as file:
            for i in range(number):
                file.write(folder / "00.png", f"{i}.png")
        tracemalloc.start()
        inspect_images(archive)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(2)
    assert peak(2500) - peak(1250) < 1250 * 4000  # bytes; one is 64×64×3 = 12,288 as it is decoded


@pytest.mark.parametrize("turn", range(8))
def test_near_copies_are_found_in_all_eight_positions_and_others_are_not(turn):
    one = RANDOM.integers(40, 216, (60, 16, 16, 3)).astype(np.uint8)
    view = np.rot90(one[:5] if turn < 4 else one[:5, :, ::-1], turn % 4, (1, 2))
    near = (view + RANDOM.integers(-5, 6, view.shape)).astype(np.uint8)
    group = near_copies(np.concatenate([one, near, one[:1]]))
    assert len(np.unique(group)) == 60
    assert group[[0, *range(60, 66)]].tolist() == [*group[[0, 0, 1, 2, 3, 4, 0]]]


def test_what_is_no_folder_is_refused_and_an_empty_one_is_reported(folder):
    report = inspect_images(folder)
    assert (report.table.loc["pictures"].item(), report.sheet) == ("0", None)
    with refused(FileNotFoundError, naming="nowhere"):
        inspect_images(folder / "nowhere")
    (folder / "x.zip").write_bytes(b"PK")
    with refused(naming="x.zip"):
        inspect_images(folder / "x.zip")


def test_the_command_line_prints_the_report_and_writes_the_page(folder, tmp_path):
    from wgan_utils.inspect import main

    fill(folder, colour, 3)
    assert main([str(folder), str(tmp_path / "page.html")]) == 0
    assert "<table" in (tmp_path / "page.html").read_text("utf-8")
    assert isinstance(main([]), str)
    assert "nowhere" in str(main([str(folder / "nowhere")]))


@pytest.mark.slow
def test_it_runs_as_a_module(folder):
    fill(folder, colour, 3)
    command = [sys.executable, "-m", "wgan_utils.inspect", str(folder)]
    assert "PNG 3" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
