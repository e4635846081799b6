"""Every parameter of every lesson and lab: type, help, range, and its published value under each preset.

This module imports the standard library alone, so that scripts and the site can load it by its path, without Keras.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

PRESETS = ("smoke", "cpu", "full")
CIFAR_10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

# The published recipe, and what the lab changes of it, one thing at a time.
RECIPE_ARMS = ("recipe", "BatchNorm not frozen", "last layer clipped", "one joint update", "no BatchNorm")

# What the lab on mode collapse compares: a loss, a penalty, and the updates of discriminator and generator in a step.
COLLAPSE_ARMS = (
    *("GAN 1:1", "GAN 1:10", "GAN 5:1", "GAN with R1 5:1", "GAN with R1 1:10"),
    *("WGAN without penalty 5:1", "WGAN clipped 5:1", "WGAN-GP 5:1", "WGAN-GP 1:1", "no critic"),
)

# What the lab on checkerboards compares: kernels of a transposed convolution with stride 2, and upsampling.
DOUBLING_ARMS = ("kernel 5", "kernel 4", "upsampling")

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
    """The parameters of one lesson or lab.

    Attributes:
        parameters: name → kind, in order.
        published: preset → name → value.
        by_preset: the names whose value depends on the preset; in the notebook's cell they are None.
        shipped: the training that TRAIN=False shows, one of `wu.pretrained()`; "" if there is none.
        free: the names that TRAIN=False leaves to the reader, since what they govern is computed anew.
    """

    parameters: Mapping[str, Kind]
    published: Mapping[str, Mapping[str, Any]]
    by_preset: frozenset[str]
    shipped: str
    free: frozenset[str]


def notebooks() -> dict[str, Path]:
    """Find the notebooks of this checkout, lessons before labs: name → path."""
    folder = Path(__file__).resolve().parent.parent / "notebooks"
    return {path.stem: path for where in ("", "labs/") for path in sorted(folder.glob(f"{where}*.ipynb"))}


def parameter_rows(lesson: str) -> list[dict[str, str]]:
    """List a lesson's parameters for a table.

    Args:
        lesson: its notebook's name without suffix.

    Returns:
        A row for each, with the keys name, type, smoke, cpu, full, range, help and in_cell ("yes" or "no").

    Raises:
        KeyError: no such lesson.
    """
    parameters, published = LESSONS[lesson].parameters, LESSONS[lesson].published
    return [
        {
            "name": name,
            "type": kind.type.__name__,
            **{preset: str(published[preset][name]) for preset in PRESETS},
            "range": kind.allowed,
            "help": kind.help,
            "in_cell": "yes" if kind.in_cell else "no",
        }
        for name, kind in parameters.items()
    ]


MOST_STEPS = 10_000_000
_STEPS = Kind(int, "generator updates in all", 3, MOST_STEPS)  # curves and samples are compared at three steps or more
_PART = Kind(int, "", 1, MOST_STEPS, in_cell=False)
_SEEDS = Kind(int, "", 1, 100)
_WIDTH = Kind(float, "number of filters, as a multiple of the full network's", 0.01, 16)
_RATE = Kind(float, "of both networks' Adam", 1e-9, 10)
_MEMORY = Kind(float, "", 0, 0.99999)
_FACTOR = Kind(float, "", 1e-6, 1e6)
_SWITCH = Kind(bool, "", choices=(True, False))

KINDS = {
    "PRESET": Kind(str, '"smoke", "cpu" or "full"; "auto" is "full" on a GPU, else "cpu"', choices=("auto", *PRESETS)),
    "CATEGORY": Kind(str, "any category of Quick, Draw!"),
    "DIGIT": Kind(int, 'the digit to learn, 0 to 9, or "all"', choices=(*range(10), "all")),
    "CLASS": Kind(str, "which of CIFAR-10's ten classes to learn", choices=CIFAR_10),
    "ARM": Kind(str, "which of the compared variants is trained here"),
    "IMAGES": Kind(str, "or the path of a folder or zip with your own colour pictures"),
    "STEPS": _STEPS,
    "CLIP_STEPS": _PART,
    "TRIAL_STEPS": _PART._replace(help="updates of each critic between points that stand still"),
    "MAX_DEPTH": Kind(int, "hidden layers of the deepest critic", 4, 100),
    "RATES_TRIED": Kind(int, "how many of its four learning rates each method tries", 1, 4, in_cell=False),
    "SEEDS": _SEEDS._replace(help="how many seeds each method gets at its best rate"),
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
    "BETA_1": _MEMORY._replace(help="how much momentum Adam keeps", in_cell=False),
    "EMA_MOMENTUM": _MEMORY._replace(help="how much of the averaged generator stays at each step", in_cell=False),
    "MIRROR": _SWITCH._replace(help="whether faces are shown mirrored half of the time"),
    "LATENT_DIM": Kind(int, "length of the vector that the generator starts from", 1, 10_000),
    "TRAIN": _SWITCH._replace(help="False shows the training that comes with the library"),
    "SHOW_PHOTOS": _SWITCH._replace(help="True shows photographs too: on your screen, not on a page", in_cell=False),
    "WORKERS": Kind(int, "trainings at a time; 0 takes one a core, on a GPU one", 0, 64, in_cell=False),
    "PRECISION": Kind(
        str, "mixed_bfloat16 is faster where the hardware has it", choices=("float32", "mixed_bfloat16"), in_cell=False
    ),
    "SEED": Kind(int, "fixes initial weights, batches and latent vectors", 0, 2**31 - 1),
    "DATA_DIR": Kind(
        str, "where your data lie; empty: WGAN_DATA_DIR, data/, downloads", in_cell=False, range="an existing folder"
    ),
    "ALLOW_STANDIN": _SWITCH._replace(help="whether other images may replace data that can't be had", in_cell=False),
    "OUTPUT_DIR": Kind(
        str, "where runs are kept; empty: runs/ in the checkout", in_cell=False, range="a folder that can be written to"
    ),
    "RUN_NAME": Kind(
        str,
        "the run's folder; empty: the preset and what you changed",
        in_cell=False,
        range="at most 100 letters, digits, '.', '_' and '-', a letter or digit first and last",
    ),
}

_ENDS = {"OUTPUT_DIR": "", "RUN_NAME": ""}
_HOW = {"TRAIN": True, "PRECISION": "float32", "SEED": 0, "DATA_DIR": "", "ALLOW_STANDIN": True, **_ENDS}


def _lesson(
    values: Mapping[str, Any], help: Mapping[str, str], shipped: str = "", free: tuple = (), arms: tuple = ()
) -> Lesson:
    """Make a lesson of its values: one for all presets, or a tuple of three for smoke, cpu and full."""
    triples = {name: value if isinstance(value, tuple) else (value,) * 3 for name, value in values.items()}
    published = {preset: {name: row[i] for name, row in triples.items()} for i, preset in enumerate(PRESETS)}
    by_preset = frozenset(name for name, value in values.items() if isinstance(value, tuple))
    kinds = {name: KINDS[name]._replace(help=help.get(name, KINDS[name].help)) for name in values}
    if "ARM" in kinds:
        kinds["ARM"] = kinds["ARM"]._replace(choices=arms)
    return Lesson(kinds, published, by_preset, shipped, frozenset(free))


LESSONS = {
    "01_gan_camels": _lesson(
        {
            "PRESET": "auto",
            "CATEGORY": "camel",
            "STEPS": (6, 3000, 6000),
            "WIDTH": (0.125, 0.5, 1.0),
            "TRIAL_STEPS": (4, 1600, 1600),
            "N_EVAL": (40, 2000, 2000),
            "BATCH_SIZE": 64,
            "DISCRIMINATOR_LEARNING_RATE": 1e-3,
            "GENERATOR_LEARNING_RATE": 1e-3,
            "EMA_MOMENTUM": 0.995,
            "LATENT_DIM": 100,
            **_HOW,
        },
        help={
            "STEPS": "training steps; each updates both networks once",
            "TRIAL_STEPS": "steps of each small training that shows mode collapse",
            "BATCH_SIZE": "real images per discriminator update, and as many generated",
        },
        shipped="camels",
        free=("N_EVAL", "TRIAL_STEPS"),
    ),
    "02_wgan_clipping_sevens": _lesson(
        {
            "PRESET": "auto",
            "DIGIT": 7,
            "STEPS": (6, 800, 970),
            "WIDTH": (0.125, 0.5, 1.0),
            "N_EVAL": (100, 2000, 2000),
            "BATCH_SIZE": 64,
            "CRITIC_STEPS": (1, 5, 5),
            "CLIP_VALUE": 0.01,
            "LEARNING_RATE": (2e-4, 2e-4, 5e-5),
            "EMA_MOMENTUM": 0.98,
            "LATENT_DIM": 50,
            **_HOW,
        },
        help={
            "N_EVAL": "images that the generator is evaluated on, at most those held out",
            "LEARNING_RATE": "of both networks' RMSProp; the paper's is 5e-5",
        },
        shipped="sevens",
        free=("N_EVAL",),
    ),
    "03_wgan_clipping_horses": _lesson(
        {
            "PRESET": "auto",
            "CLASS": "horse",
            "STEPS": (4, 2500, 6000),
            "TRIAL_STEPS": (2, 1000, 1000),
            "WIDTH": (0.125, 0.5, 1.0),
            "TRIAL_WIDTH": (0.0625, 0.25, 0.5),
            "N_EVAL": (40, 1000, 1000),
            "BATCH_SIZE": (8, 32, 128),
            "CRITIC_STEPS": (1, 5, 5),
            "CLIP_VALUE": (0.01, 0.05, 0.01),
            "LAMBDA": 10.0,
            "LEARNING_RATE": (2e-4, 2e-4, 5e-5),
            "EMA_MOMENTUM": 0.995,
            "LATENT_DIM": 100,
            "SHOW_PHOTOS": False,
            **_HOW,
        },
        help={
            "TRIAL_STEPS": "of each smaller training in the trial of clipping",
            "LAMBDA": "the factor of the gradient penalty, where it competes",
            "LEARNING_RATE": "of both networks' RMSProp, at the start",
        },
        shipped="horses",
        free=("N_EVAL",),
    ),
    "04_wgan_gp_digits": _lesson(
        {
            "PRESET": "auto",
            "STEPS": (6, 6000, 2340),
            "CLIP_STEPS": (3, 300, 300),
            "TRIAL_STEPS": (12, 900, 900),
            "WIDTH": (0.0625, 0.25, 1.0),
            "N_EVAL": (60, 2000, 10_000),
            "BATCH_SIZE": (16, 64, 512),
            "CRITIC_STEPS": (1, 2, 3),
            "LAMBDA": 10.0,
            "LEARNING_RATE": (1e-3, 1e-3, 2e-4),
            "BETA_1": 0.5,
            "EMA_MOMENTUM": 0.993,
            "LATENT_DIM": 128,
            **_HOW,
        },
        help={
            "CLIP_STEPS": "of each short training that compares gradient norms",
            "LEARNING_RATE": "of both networks' Adam, at the start",
            "TRAIN": "False shows the digits that ship; only short trainings are run",
        },
        shipped="digits",
        free=("N_EVAL", "TRIAL_STEPS"),
    ),
    "05_gan_vs_wgan_gp": _lesson(
        {
            "PRESET": "auto",
            "STEPS": (6, 1200, 10_000),
            "RATES_TRIED": (1, 4, 4),
            "SEEDS": (1, 3, 5),
            "N_EVAL": (60, 2000, 10_000),
            "WIDTH": (0.03, 0.25, 1.0),
            "BATCH_SIZE": 64,
            "CRITIC_STEPS": (1, 2, 2),
            "CLIP_VALUE": 0.01,
            "LAMBDA": 10.0,
            "GAMMA": 1.0,
            "LATENT_DIM": 64,
            "WORKERS": (1, 0, 0),
            **_HOW,
        },
        help={
            "STEPS": "generator updates of each run",
            "N_EVAL": "images that each generator is evaluated on",
            "CLIP_VALUE": "of the WGAN: its critic's weights stay within ± this",
            "LAMBDA": "of WGAN-GP and WGAN-LP: the factor of the penalty",
            "TRAIN": "False shows the runs that come with the library",
            "SEED": "the first seed; it fixes initial weights, batches and latent vectors",
        },
        shipped="digits_comparison",
    ),
    "06_wgan_gp_faces": _lesson(
        {
            "PRESET": "auto",
            "IMAGES": "celeba",
            "STEPS": (4, 4400, 6000),
            "WIDTH": (0.0625, 0.25, 1.0),
            "N_EVAL": (40, 1000, 10_000),
            "BATCH_SIZE": 64,
            "CRITIC_STEPS": (1, 3, 5),
            "LAMBDA": 10.0,
            "LEARNING_RATE": (5e-4, 5e-4, 2e-4),
            "BETA_1": 0.5,
            "EMA_MOMENTUM": 0.995,
            "MIRROR": True,
            "LATENT_DIM": 100,
            **_HOW,
        },
        help={
            "DATA_DIR": "where your data lie; empty: WGAN_DATA_DIR, then data/",
            "ALLOW_STANDIN": "whether drawn people may replace faces that can't be had",
        },
        shipped="faces",
        free=("N_EVAL",),
    ),
    # ---- labs
    "clipping": _lesson(
        {
            "PRESET": "auto",
            "STEPS": (4, 400, 400),
            "MAX_DEPTH": (4, 12, 12),
            "WIDTH": (0.125, 1.0, 1.0),
            "SEEDS": (1, 3, 3),
            "BATCH_SIZE": 128,
            "LAMBDA": 10.0,
            "SEED": 0,
            **_ENDS,
        },
        help={
            "STEPS": "updates of each critic",
            "WIDTH": "units of a hidden layer, as a multiple of 128",
            "SEEDS": "how many seeds each critic gets",
            "BATCH_SIZE": "real points per update, and as many generated ones",
            "LAMBDA": "the factor of the one-sided penalty",
            "SEED": "the first seed; it fixes points, initial weights and batches",
        },
    ),
    "critics": _lesson(
        {
            "PRESET": "auto",
            "STEPS": (6, 900, 900),
            "WIDTH": (0.125, 1.0, 1.0),
            "SEEDS": (1, 3, 3),
            "BATCH_SIZE": 256,
            "CLIP_VALUE": 0.1,
            "LAMBDA": 10.0,
            "SEED": 0,
            **_ENDS,
        },
        help={
            "STEPS": "updates of each critic",
            "WIDTH": "hidden units, as a multiple of the full networks'",
            "SEEDS": "how many critics of each kind are trained",
            "BATCH_SIZE": "real points per update, and as many generated ones",
            "CLIP_VALUE": "no weight of a clipped critic is further from 0 than this",
            "LAMBDA": "the factor of both penalties",
            "SEED": "the first seed; it fixes points, initial weights and batches",
        },
    ),
    "distances": _lesson(
        {
            "PRESET": "auto",
            "STEPS": (6, 1500, 1500),
            "WIDTH": (0.125, 1.0, 1.0),
            "SEEDS": (2, 3, 5),
            "BATCH_SIZE": 128,
            "SEED": 0,
            **_ENDS,
        },
        help={
            "STEPS": "updates of each network that is trained here",
            "WIDTH": "hidden units, as a multiple of 64",
            "SEEDS": "how many seeds each of them gets",
            "BATCH_SIZE": "points of each cloud in an update",
            "SEED": "the first seed; it fixes points, initial weights and batches",
        },
    ),
    "collapse": _lesson(
        {
            "PRESET": "auto",
            "ARM": "GAN 1:10",
            "STEPS": (6, 1500, 1500),
            "WIDTH": (0.125, 1.0, 1.0),
            "GAMMA": 1.0,
            "LAMBDA": 1.0,
            "CLIP_VALUE": 0.1,
            "LEARNING_RATE": 1e-3,
            "BATCH_SIZE": 128,
            "LATENT_DIM": 16,
            "SEED": 0,
            **_ENDS,
        },
        help={
            "ARM": "which of the ten arms is trained here",
            "STEPS": "steps of the training in this lab",
            "WIDTH": "hidden units, as a multiple of 64",
            "GAMMA": "γ, the factor of the R1 penalty",
            "LAMBDA": "λ, the factor of WGAN-GP's penalty",
            "CLIP_VALUE": "bound of the clipped critic's weights",
            "BATCH_SIZE": "real points per update, and as many generated ones",
        },
        arms=COLLAPSE_ARMS,
    ),
    "published_recipe": _lesson(
        {
            "PRESET": "auto",
            "ARM": "recipe",
            "STEPS": (4, 194, 970),
            "WIDTH": (0.125, 0.5, 0.5),
            "BATCH_SIZE": 32,
            "SEED": 0,
            "DATA_DIR": "",
            "ALLOW_STANDIN": True,
            **_ENDS,
        },
        help={
            "ARM": "which change to the recipe is trained here",
            "STEPS": "generator updates of the training in this lab",
            "BATCH_SIZE": "real images per critic update, half of the recipe's 64",
        },
        arms=RECIPE_ARMS,
    ),
    "checkerboard": _lesson(
        {
            "PRESET": "auto",
            "ARM": "kernel 5",
            "STEPS": (4, 110, 440),
            "WIDTH": (0.0625, 0.25, 0.25),
            "N_EVAL": (40, 1000, 1000),
            "BATCH_SIZE": 64,
            "CRITIC_STEPS": (1, 3, 3),
            "LAMBDA": 10.0,
            "LEARNING_RATE": 5e-4,
            "BETA_1": 0.5,
            "MIRROR": True,
            "LATENT_DIM": 100,
            "SEED": 3,
            "DATA_DIR": "",
            "ALLOW_STANDIN": True,
            **_ENDS,
        },
        help={
            "ARM": "which way to double a feature map is trained here",
            "STEPS": "generator updates of the training in this lab",
            "SEED": "initial weights, batches and latent vectors; shipped are 0, 1 and 2",
            "N_EVAL": "images that each ratio is measured on",
            "DATA_DIR": "where your data lie; empty: WGAN_DATA_DIR, then data/",
            "ALLOW_STANDIN": "whether drawn people may replace faces that can't be had",
        },
        arms=DOUBLING_ARMS,
    ),
    "vae": _lesson(
        {
            "PRESET": "auto",
            "STEPS": (4, 440, 17_600),
            "WIDTH": (0.0625, 0.25, 0.25),
            "N_EVAL": (40, 1000, 1000),
            "BATCH_SIZE": 64,
            "LEARNING_RATE": 5e-4,
            "MIRROR": True,
            "LATENT_DIM": 100,
            "SEED": 3,
            "DATA_DIR": "",
            "ALLOW_STANDIN": True,
            **_ENDS,
        },
        help={
            "STEPS": "updates of the autoencoder in this lab",
            "SEED": "initial weights, batches and latent vectors; shipped are 0, 1 and 2",
            "N_EVAL": "images that each number is measured on",
            "BATCH_SIZE": "images per update",
            "LEARNING_RATE": "of the autoencoder's Adam",
            "LATENT_DIM": "length of a latent vector",
            "DATA_DIR": "where your data lie; empty: WGAN_DATA_DIR, then data/",
            "ALLOW_STANDIN": "whether drawn people may replace faces that can't be had",
        },
    ),
}
