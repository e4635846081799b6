"""Make a lesson's run into a generator that ships with the library: float16 weights, its card, what its training left.

    python scripts/ship_generator.py 02_wgan_clipping_sevens cpu
    python scripts/results_table.py

The metrics on the card are measured on the weights as they are stored, in half precision.
"""

import sys
from typing import Any

import wgan_utils as wu  # isort: skip - before Keras, which it configures
import keras

from wgan_utils.pretrained import load_pretrained, save_pretrained

# What can't be read from a run's folder.
LESSONS: dict[str, dict[str, Any]] = {
    "02_wgan_clipping_sevens": {
        "name": "sevens",
        "data": ("mnist", [7], "digits"),
        "card": {
            "lesson": "02_wgan_clipping_sevens",
            "networks": {"generator": "sevens_generator", "critic": "sevens_critic"},
            "failings": "Some strokes are broken or have specks beside them; bars through the stem are rare.",
            "terms": "Trained on MNIST, CC BY-SA 3.0, copyright Yann LeCun and Corinna Cortes.",
        },
    },
}


def main(lesson: str, run_name: str) -> None:
    """Ship one run."""
    about = LESSONS[lesson]
    run = wu.Run.of_lesson("", lesson, {"RUN_NAME": run_name})
    parameters, setup = run.config["parameters"], run.config["setup"]
    parts = {part: getattr(wu.networks, name) for part, name in about["card"]["networks"].items()}
    model = wu.WGAN(
        parts["generator"](parameters["WIDTH"], setup["latent_dim"]),
        parts["critic"](parameters["WIDTH"]),
        latent_dim=setup["latent_dim"],
        critic_steps=setup["critic_steps"],
        clip_value=setup["clip_value"],
        seed=setup["seed"],
    )
    model.compile(keras.optimizers.RMSprop(), keras.optimizers.RMSprop())
    checkpoint = run.load_checkpoint()
    if checkpoint is None or checkpoint[0] != parameters["STEPS"]:
        raise SystemExit(f"{run!r} is not complete; run the lesson first.")
    model.restore(checkpoint[1])
    card = {**about["card"], "width": parameters["WIDTH"], "metrics": {}}
    save_pretrained(about["name"], model, run, card)

    generator, _ = load_pretrained(about["name"])
    data, classes, classifier = about["data"]
    images = wu.load_images(data, classes=classes)
    if images.sha256 != run.config["data"]["sha256"]:
        raise SystemExit(f"{run!r} was trained on other images than {images!r}.")
    report = wu.evaluate(generator, images, wu.load_classifier(classifier), seed=setup["seed"])
    save_pretrained(about["name"], model, run, {**card, "metrics": report.to_json()})
    print(report)


if __name__ == "__main__":
    main(*sys.argv[1:])
