"""Make a lesson's run into a training that ships with the library, one zip: its card, float16 weights, tables, samples.

    python -m scripts.ship_generator 02_wgan_clipping_sevens cpu cpu-seed_1 cpu-seed_2
    python -m scripts.ship_generator 02_wgan_clipping_sevens --seeds cpu-seed_3

The first run is shipped. The card says how the others, of other seeds, came out beside it. Its own metrics are measured
on the weights as they are stored, in half precision. With `--seeds` nothing new is shipped: the card says of more seeds
how they came out.
"""

import argparse
import io
import json
from pathlib import Path
from typing import Any

import wgan_utils as wu  # isort: skip - before Keras, which it configures

import keras
from PIL import Image

from scripts.shipping import as_png, pack, weights_file
from wgan_utils.models import SETTINGS
from wgan_utils.training.config import git_commit
from wgan_utils.training.run import TABLES
from wgan_utils.zoo.generators import FOLDER, load_pretrained, pretrained, shipped_files

TABLE_FILES = [f"{table}.csv" for table in TABLES]
SEEDS_SHOW = ["frechet", "precision", "recall", "memorisation_pixels"]  # of each seed, beside what its lesson found
MEASURED = ("metrics.json", "seconds.json")  # by a lesson, once; found there, it is not measured again
MNIST_TERMS = "Trained on MNIST, CC BY-SA 3.0, copyright Yann LeCun and Corinna Cortes."

# What can't be read from a run's folder.
LESSONS: dict[str, dict[str, Any]] = {
    "01_gan_camels": {
        "name": "camels",
        "data": ("quickdraw/camel", None, "camels"),
        "card": {
            "networks": {"generator": "camel_generator", "critic": "camel_discriminator"},
            "failings": "Many drawings have strokes that break off or legs that do not meet the body.",
            "terms": "Trained on Quick, Draw!, CC BY 4.0, made available by Google, Inc.",
        },
    },
    "02_wgan_clipping_sevens": {
        "name": "sevens",
        "data": ("mnist", [7], "digits"),
        "critic_options": {"batch_norm": False},
        "card": {
            "networks": {"generator": "sevens_generator", "critic": "sevens_critic"},
            "failings": "Some strokes are broken or have specks beside them; bars through the stem are rare.",
            "terms": MNIST_TERMS,
        },
    },
    "03_wgan_clipping_horses": {
        "name": "horses",
        "data": ("cifar10", ["horse"], None),
        "samples_every": 2,  # colour takes room
        "trial_samples": "",
        "seeds_show": ["frechet", "recall", "memorisation_pixels"],  # what precision sees there is not a horse
        "card": {
            "networks": {"generator": "horse_generator", "critic": "horse_critic"},
            "failings": "Of a hundred images fewer than five would be called a horse; the others are a brown or grey "
            "shape without head and legs, a black patch, or a texture of dots. They are less varied than photographs.",
            "terms": "Trained on CIFAR-10, which has no formal licence (Krizhevsky 2009); it holds no photograph.",
        },
    },
    "04_wgan_gp_digits": {
        "name": "digits",
        "data": ("mnist", None, "digits"),
        "card": {
            "networks": {"generator": "digit_generator", "critic": "digit_critic"},
            "failings": "About one in ten is between two digits or broken off.",
            "terms": MNIST_TERMS,
        },
    },
    "05_gan_vs_wgan_gp": {
        "name": "digits_comparison",
        "data": ("mnist", None, "digits"),
        "border": 2,
        "trial_samples": "*-seed_1",  # of each method one
        "card": {
            "networks": {"generator": "dcgan_generator", "critic": "dcgan_critic"},
            "failings": "Trained briefly, to be compared with five rivals: many digits have gaps or blur.",
            "terms": MNIST_TERMS,
        },
    },
    "06_wgan_gp_faces": {
        "name": "faces",
        "data": ("celeba", None, None),
        "image_size": 64,
        "samples_every": 2,  # colour takes room
        "card": {
            "networks": {"generator": "face_generator", "critic": "face_critic"},
            "failings": "About one face in eight is half dissolved or has eyes that do not match; the finest detail is "
            "a checkerboard of two pixels.",
            "terms": "Trained on CelebA, for non-commercial research only; it holds no photograph.",
        },
    },
}


def ship(lesson: str, run_name: str, *others: str) -> None:
    """Ship one run; the others are reported on."""
    about = LESSONS[lesson]
    run = wu.Run.of_lesson("", lesson, {"RUN_NAME": run_name})
    refuse_unknown_code(run)
    parameters, setup = run.config["parameters"], run.config["setup"]
    model = getattr(wu, setup["model"])(
        *build_networks(lesson, parameters["WIDTH"], setup["latent_dim"]),
        **{name: setup[name] for name in SETTINGS if setup.get(name) is not None},
    )
    # A checkpoint holds the optimizers' state.
    model.compile(*(optimizer_from(setup[f"{part}_optimizer"]) for part in ("critic", "generator")))
    checkpoint = run.load_checkpoint()
    if checkpoint is None or checkpoint[0] != parameters["STEPS"]:
        raise SystemExit(f"{run!r} is not complete; run the lesson first.")
    model.restore(checkpoint[1])
    runs = [run, *(wu.Run.of_lesson("", lesson, {"RUN_NAME": name}) for name in others)]
    seeds = dict(seed_report(one, lesson) for one in runs)
    card = {"lesson": lesson, **about["card"], "width": parameters["WIDTH"], "seeds": seeds, "metrics": {}}
    kept = {"samples_every": about.get("samples_every", 1), "trial_samples": about.get("trial_samples", "*")}
    save_pretrained(about["name"], model, run, card, **kept)

    generator, _ = load_pretrained(about["name"])
    data, classes, classifier = about["data"]
    images = wu.load_images(data, classes=classes, image_size=about.get("image_size"))
    images = images.padded(about["border"]) if "border" in about else images
    if images.sha256 != run.config["data"]["sha256"]:
        raise SystemExit(f"{run!r} was trained on other images than {images!r}.")
    classifier = wu.load_classifier(classifier) if classifier else None
    report = wu.evaluate(generator, images, classifier, seed=setup["seed"])
    save_pretrained(about["name"], model, run, {**card, "metrics": report.to_json()}, **kept)
    print(report)


def add_seeds(lesson: str, *run_names: str) -> None:
    """Add runs of other seeds to the card of what is shipped, if they are like it in all else."""
    name = LESSONS[lesson]["name"]
    card = pretrained(FOLDER)[name]
    for run in (wu.Run.of_lesson("", lesson, {"RUN_NAME": name}) for name in run_names):
        refuse_unknown_code(run)
        setup = run.config["setup"]
        if other := [key for key, value in card["setup"].items() if key != "seed" and setup.get(key) != value]:
            raise SystemExit(f"{run!r} differs from what is shipped in more than its seed: {', '.join(other)}.")
        seed, found = seed_report(run, lesson)
        if found["steps"] != card["steps"]:
            raise SystemExit(f"{run!r} has {found['steps']} steps, what is shipped {card['steps']}.")
        card["seeds"][seed] = found
    change_card(name, card, FOLDER)


def save_pretrained(
    name: str,
    model: wu.GAN,
    run: wu.Run,
    card: dict[str, Any],
    folder: Path = FOLDER,
    samples_every: int = 1,
    trial_samples: str = "*",
) -> None:
    """Store a trained model and its run as a zip, for `load_pretrained` and `load_pretrained_run`.

    Args:
        name: what it will be called.
        model: the trained model.
        run: its run.
        card: `lesson`, `networks` (the functions' names), `width`, `failings`, `terms`, `metrics`; the rest is added.
        folder: where the zip goes.
        samples_every: keep one sample grid in so many, and the last.
        trial_samples: of which runs within the run's folder the last grid is kept, which some lessons show: a pattern.
    """
    files = {"generator.npz": weights_file(model.final_generator)}
    grids = {path for _, path in (*run.samples()[::samples_every], *run.samples()[-1:])}
    for path in (*(run.folder / table for table in TABLE_FILES), *grids):
        files |= _content(path, run.folder)
    for path in (run.folder / measured for measured in MEASURED):
        files |= _content(path, run.folder, "trials/")
    for trial in (wu.Run(path.parent) for path in sorted(run.folder.glob("*/config.json"))):
        last = [path for _, path in trial.samples()[-1:] if trial.folder.match(trial_samples)] if trial_samples else []
        for path in (*(trial.folder / name for name in (*TABLE_FILES, "metrics.json")), *last):
            files |= _content(path, run.folder, "trials/")
    config = run.config
    full = {
        **card,
        "steps": int(model.steps_done),
        "parameters": {key: value for key, value in config["parameters"].items() if not key.endswith("_DIR")},
        **{key: config[key] for key in ("setup", "data", "environment")},
    }
    _pack(name, folder, files, full)


def change_card(name: str, card: dict[str, Any], folder: Path = FOLDER) -> None:
    """Give a shipped training another card."""
    _pack(name, folder, {path: file.read_bytes() for path, file in shipped_files(name, folder).items()}, card)


def _content(path: Path, within: Path, before: str = "") -> dict[str, bytes]:
    """A file's content by its name in the zip, pictures in colour as JPEG; nothing where there is no such file."""
    if not path.is_file():
        return {}
    content = path.read_bytes()
    if path.suffix == ".png":
        with Image.open(io.BytesIO(content)) as picture:
            if picture.mode == "RGB":
                buffer, path = io.BytesIO(), path.with_suffix(".jpg")
                picture.save(buffer, "JPEG", quality=85, subsampling=0)
                content = buffer.getvalue()
            else:
                content = as_png(picture)
    return {before + path.relative_to(within).as_posix(): content}


def _pack(name: str, folder: Path, files: dict[str, bytes], card: dict[str, Any]) -> None:
    """Write a training's zip."""
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    pack(folder / f"{name}.zip", {**files, "card.json": text.encode()})


def build_networks(lesson: str, width: float, latent_dim: int) -> tuple[keras.Model, keras.Model]:
    """Build a lesson's generator and critic anew."""
    about = LESSONS[lesson]
    parts = {part: getattr(wu.networks, name) for part, name in about["card"]["networks"].items()}
    critic = parts["critic"](width, **about.get("critic_options", {}))
    return parts["generator"](width, latent_dim), critic


def optimizer_from(settings: dict[str, Any]) -> keras.optimizers.Optimizer:
    """Make the optimizer that `optimizer_settings` describes."""
    config = dict(settings)
    return keras.optimizers.get({"class_name": config.pop("class"), "config": config})


def refuse_unknown_code(run: wu.Run) -> None:
    """Stop unless the run was trained, and is shipped, from files that are all committed: a card names the commit."""
    commits = {"was trained": run.config["environment"]["git_commit"], "would be shipped": git_commit()}
    for what, commit in commits.items():
        if commit is None or commit.endswith("-dirty"):
            raise SystemExit(
                f"{run!r} {what} from files that are in no commit ({commit}), so its card can't name the code. "
                "Commit them, and train again under a new RUN_NAME if it was trained from them."
            )


def seed_report(run: wu.Run, lesson: str) -> tuple[str, dict[str, float]]:
    """Read a run's seed and the numbers that tell seeds apart."""
    found = json.loads((run.folder / "metrics.json").read_text())
    shown = LESSONS[lesson].get("seeds_show", SEEDS_SHOW)
    metrics = {id: metric["value"] for id, metric in found["metrics"].items() if id in shown}
    parameters = run.config["parameters"]
    return str(parameters["SEED"]), {"steps": parameters["STEPS"], **found["lesson"], **metrics}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson", choices=LESSONS)
    parser.add_argument("runs", nargs="+", metavar="RUN", help="names of its runs")
    parser.add_argument("--seeds", action="store_true", help="ship nothing: add these runs' results to the card")
    given = parser.parse_args()
    (add_seeds if given.seeds else ship)(given.lesson, *given.runs)
