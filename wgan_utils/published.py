"""Every parameter of every lesson and lab: type, help, range, and its published value under each preset.

This module imports the standard library alone, so that scripts and the site can load it by its path, without Keras.
"""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

PRESETS = ("smoke", "cpu", "full")
CIFAR_10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MOST_STEPS = 10_000_000

# They say where and how a lesson runs, not what it trains: runs that differ in these alone are the same run.
WHERE_AND_HOW = ("TRAIN", "SHOW_PHOTOS", "WORKERS", "DATA_DIR", "ALLOW_STANDIN", "OUTPUT_DIR", "RUN_NAME")


class Kind(NamedTuple):
    """What a parameter is, in whichever lesson: its type, its help, and the values that it may have."""

    type: type
    help: str
    low: float | None = None  # both bounds are allowed values
    high: float | None = None
    choices: tuple[Any, ...] = ()
    in_cell: bool = True  # whether it stands in the notebook's parameters cell; every one can be set by papermill
    range: str = ""  # in words, where neither bounds nor choices tell

    @property
    def allowed(self) -> str:
        """The range in words; empty for any text."""
        if self.choices:
            return ", ".join(map(str, self.choices))
        if self.low is not None and self.high is not None:
            return " to ".join(f"{x:,}" if self.type is int else f"{x:g}" for x in (self.low, self.high))
        return self.range


class Lesson(NamedTuple):
    """The parameters of one lesson or lab."""

    parameters: Mapping[str, Kind]
    published: Mapping[str, Mapping[str, Any]]  # preset → name → value; in a cell None, where presets differ
    shipped: str  # the training that TRAIN=False shows, one of `wu.pretrained()`, or none
    free: tuple[str, ...]  # what TRAIN=False leaves to the reader, since it is computed anew


def notebooks() -> dict[str, Path]:
    """Find the notebooks of this checkout, lessons before labs: name → path."""
    folder = Path(__file__).resolve().parent.parent / "notebooks"
    return {path.stem: path for where in ("", "labs/") for path in sorted(folder.glob(f"{where}*.ipynb"))}


_PART = Kind(int, "", 1, MOST_STEPS, in_cell=False)
_WIDTH = Kind(float, "number of filters, as a multiple of the full network's", 0.01, 16)
_RATE = Kind(float, "of both networks' Adam", 1e-9, 10)
_MEMORY = Kind(float, "", 0, 0.99999, in_cell=False)
_FACTOR = Kind(float, "", 1e-6, 1e6)
_SWITCH = Kind(bool, "", choices=(True, False))
_PLACE = Kind(str, "", in_cell=False)

KINDS = {
    "PRESET": Kind(str, '"smoke", "cpu" or "full"; "auto" is "full" on a GPU, else "cpu"', choices=("auto", *PRESETS)),
    "CATEGORY": Kind(str, "any category of Quick, Draw!"),
    "DIGIT": Kind(int, 'the digit to learn, 0 to 9, or "all"', choices=(*range(10), "all")),
    "CLASS": Kind(str, "which of CIFAR-10's ten classes to learn", choices=CIFAR_10),
    "ARM": Kind(str, "which of the compared variants is trained here"),
    "IMAGES": Kind(str, "or a folder or zip with at least 100 pictures of your own"),
    "IMAGE_SIZE": Kind(int, "pixels a side that pictures are brought to", 16, 128),
    "STEPS": Kind(int, "generator updates in all", 3, MOST_STEPS),  # curves are compared at three steps or more
    "CLIP_STEPS": _PART,
    "TRIAL_STEPS": _PART._replace(help="updates of each critic between points that stand still"),
    "MAX_DEPTH": Kind(int, "hidden layers of the deepest critic", 4, 100),
    "SEEDS": Kind(int, "how many seeds", 1, 100),
    "FRESH_SEEDS": Kind(int, "seeds of each method, after its settings are chosen", 2, 100),
    "WIDTH": _WIDTH,
    "TRIAL_WIDTH": _WIDTH._replace(help="the same, in the smaller trainings", in_cell=False),
    "N_EVAL": Kind(int, "images that the generator is evaluated on", 10, 100_000, in_cell=False),
    "BATCH_SIZE": Kind(int, "real images per critic update, and as many generated ones", 1, 10_000),
    "CRITIC_STEPS": Kind(int, "critic updates per generator update", 1, 1000),
    "CLIP_VALUE": Kind(float, "no weight of the critic is further from 0 than this", 1e-6, 100),
    "LAMBDA": _FACTOR._replace(help="the factor of the gradient penalty"),
    "GAMMA": _FACTOR._replace(help="of GAN-R1 and R3GAN: the factor of their penalties"),
    "LEARNING_RATE": _RATE,
    "DISCRIMINATOR_LEARNING_RATE": _RATE._replace(help="of the discriminator's Adam"),
    "GENERATOR_LEARNING_RATE": _RATE._replace(help="of the generator's Adam"),
    "BETA_1": _MEMORY._replace(help="how much momentum Adam keeps"),
    "EMA_MOMENTUM": _MEMORY._replace(help="how much of the averaged generator stays at each step"),
    "MIRROR": _SWITCH._replace(help="whether faces are shown mirrored half of the time"),
    "LATENT_DIM": Kind(int, "length of the vector that the generator starts from", 1, 10_000),
    "TRAIN": _SWITCH._replace(help="False shows the training that comes with the library"),
    "SHOW_PHOTOS": _SWITCH._replace(help="True shows photographs too: on your screen, not on a page", in_cell=False),
    "WORKERS": Kind(int, "trainings at a time; 0 takes one a core, on a GPU one", 0, 64, in_cell=False),
    "PRECISION": _PLACE._replace(
        help="mixed_bfloat16 is faster where the hardware has it", choices=("float32", "mixed_bfloat16")
    ),
    "SEED": Kind(int, "fixes initial weights, batches and latent vectors", 0, 2**31 - 1),
    "DATA_DIR": _PLACE._replace(
        help="where your data lie; empty: WGAN_DATA_DIR, data/, downloads", range="an existing folder"
    ),
    "ALLOW_STANDIN": _SWITCH._replace(help="whether other images may replace data that can't be had", in_cell=False),
    "OUTPUT_DIR": _PLACE._replace(
        help="where runs are kept; empty: runs/ in the checkout", range="a folder that can be written to"
    ),
    "RUN_NAME": _PLACE._replace(
        help="the run's folder; empty: the preset and what you changed",
        range="at most 100 letters, digits, '.', '_' and '-', a letter or digit first and last",
    ),
}

_HOW: dict[str, Any] = {"TRAIN": True, "PRECISION": "float32", "SEED": 0, "DATA_DIR": "", "ALLOW_STANDIN": True}


def _lesson(shipped: str = "", free: tuple[str, ...] = (), arms: tuple[str, ...] = (), **values: Any) -> Lesson:
    """Make a lesson; all have PRESET, OUTPUT_DIR and RUN_NAME.

    `arms` are the choices of ARM; `values`: name → a value, or a tuple of those for smoke, cpu and full; a help of the
    lesson's own may come last.
    """
    kinds, rows = {}, {}
    for name, value in {"PRESET": "auto", **values, "OUTPUT_DIR": "", "RUN_NAME": ""}.items():
        kind, row = KINDS[name], [*value] if isinstance(value, tuple) else [value]
        if len(row) in (2, 4):
            kind = kind._replace(help=row.pop())
        kinds[name] = kind._replace(choices=arms) if name == "ARM" else kind
        rows[name] = row if len(row) == 3 else row * 3
    published = {preset: {name: row[i] for name, row in rows.items()} for i, preset in enumerate(PRESETS)}
    return Lesson(kinds, published, shipped, free)


LESSONS = {
    "01_gan_camels": _lesson(
        shipped="camels",
        free=("N_EVAL", "TRIAL_STEPS"),
        CATEGORY="camel",
        STEPS=(6, 3000, 6000, "training steps; each updates both networks once"),
        WIDTH=(0.125, 0.5, 1.0),
        TRIAL_STEPS=(4, 1600, 1600, "steps of each small training that shows mode collapse"),
        N_EVAL=(40, 2000, 2000),
        BATCH_SIZE=(64, "real images per discriminator update, and as many generated"),
        DISCRIMINATOR_LEARNING_RATE=1e-3,
        GENERATOR_LEARNING_RATE=1e-3,
        EMA_MOMENTUM=0.995,
        LATENT_DIM=100,
        **_HOW,
    ),
    "02_wgan_clipping_sevens": _lesson(
        shipped="sevens",
        free=("N_EVAL",),
        DIGIT=7,
        STEPS=(6, 800, 970),
        WIDTH=(0.125, 0.5, 1.0),
        N_EVAL=(100, 2000, 2000, "images that the generator is evaluated on, at most those held out"),
        BATCH_SIZE=64,
        CRITIC_STEPS=(1, 5, 5),
        CLIP_VALUE=0.01,
        LEARNING_RATE=(2e-4, 2e-4, 5e-5, "of both networks' RMSProp; the paper's is 5e-5"),
        EMA_MOMENTUM=0.98,
        LATENT_DIM=50,
        **_HOW,
    ),
    "03_wgan_clipping_horses": _lesson(
        shipped="horses",
        free=("N_EVAL",),
        CLASS="horse",
        STEPS=(4, 2500, 6000),
        TRIAL_STEPS=(2, 1000, 1000, "of each smaller training that compares how critics are limited"),
        WIDTH=(0.125, 0.5, 1.0),
        TRIAL_WIDTH=(0.0625, 0.25, 0.5),
        N_EVAL=(40, 1000, 1000),
        BATCH_SIZE=(8, 32, 128),
        CRITIC_STEPS=(1, 5, 5),
        CLIP_VALUE=(0.01, 0.05, 0.01),
        LAMBDA=(10.0, "the factor of the gradient penalty, where it competes"),
        LEARNING_RATE=(2e-4, 2e-4, 5e-5, "of both networks' RMSProp, at the start"),
        EMA_MOMENTUM=0.995,
        LATENT_DIM=100,
        SHOW_PHOTOS=False,
        **_HOW,
    ),
    "04_wgan_gp_digits": _lesson(
        shipped="digits",
        free=("N_EVAL", "TRIAL_STEPS"),
        STEPS=(6, 6000, 2340),
        CLIP_STEPS=(3, 300, 300, "of each short training that compares gradient norms"),
        TRIAL_STEPS=(12, 900, 900),
        WIDTH=(0.0625, 0.25, 1.0),
        N_EVAL=(60, 2000, 10_000),
        BATCH_SIZE=(16, 64, 512),
        CRITIC_STEPS=(1, 2, 3),
        LAMBDA=10.0,
        LEARNING_RATE=(1e-3, 1e-3, 2e-4, "of both networks' Adam, at the start"),
        BETA_1=0.5,
        EMA_MOMENTUM=0.993,
        LATENT_DIM=128,
        **_HOW | {"TRAIN": (True, "False shows the digits that ship; only short trainings are run")},
    ),
    "05_gan_vs_wgan_gp": _lesson(
        shipped="digits_comparison",
        STEPS=(6, 800, 10_000, "steps of two critic updates; other schedules get as many updates"),
        FRESH_SEEDS=(2, 5, 5),
        N_EVAL=(60, 2000, 10_000, "images that each generator is evaluated on"),
        WIDTH=(0.03, 0.25, 1.0),
        BATCH_SIZE=64,
        LAMBDA=(10.0, "of WGAN-GP and WGAN-LP: the factor of the penalty"),
        GAMMA=1.0,
        LATENT_DIM=64,
        WORKERS=(1, 0, 0),
        **_HOW
        | {"TRAIN": (True, "False shows the runs that come with the library")}
        | {"SEED": (0, "settings were chosen with seed 0; the fresh seeds are those after SEED")},
    ),
    "06_wgan_gp_faces": _lesson(
        shipped="faces",
        free=("N_EVAL",),
        IMAGES="celeba",
        STEPS=(4, 4400, 6000),
        WIDTH=(0.0625, 0.25, 1.0),
        N_EVAL=(40, 1000, 10_000),
        BATCH_SIZE=64,
        CRITIC_STEPS=(1, 3, 5),
        LAMBDA=10.0,
        LEARNING_RATE=(5e-4, 5e-4, 2e-4),
        BETA_1=0.5,
        EMA_MOMENTUM=0.995,
        MIRROR=True,
        LATENT_DIM=100,
        **_HOW
        | {"DATA_DIR": ("", "where your data lie; empty: WGAN_DATA_DIR, then data/")}
        | {"ALLOW_STANDIN": (True, "whether drawn people may replace faces that can't be had")},
    ),
    "07_your_own_images": _lesson(
        IMAGES="twemoji",
        IMAGE_SIZE=(16, 48, 64),
        STEPS=(4, 6000, 20_000),
        WIDTH=(0.0625, 0.25, 1.0),
        N_EVAL=(40, 500, 1000, "images that the generator is evaluated on, at most those held out"),
        BATCH_SIZE=64,
        CRITIC_STEPS=(1, 2, 5),
        LAMBDA=10.0,
        LEARNING_RATE=(5e-4, 5e-4, 2e-4),
        BETA_1=0.5,
        EMA_MOMENTUM=0.995,
        MIRROR=(True, "whether pictures are shown mirrored half of the time"),
        PRECISION="float32",
        SEED=0,
    ),
}

_LABS = runpy.run_path(str(Path(__file__).with_name("labs") / "published.py"))["LABS"]
LESSONS |= {name: _lesson(**rows) for name, rows in _LABS.items()}
