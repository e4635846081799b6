"""A training that ships with the library, in place of one of the reader's own."""

from pathlib import Path

from wgan_utils.errors import Refused
from wgan_utils.gan.weights import read_weights
from wgan_utils.models import AdversarialModel
from wgan_utils.training.code import changed_code, own_code
from wgan_utils.training.run import TABLES, History, Run, only_writer
from wgan_utils.zoo.generators import FOLDER, card_of, place_of, shipped_files

CARD_KEYS = ("lesson", "setup", "data", "environment", "steps", "metrics", "failings", "terms")


def load_pretrained_run(name: str, model: AdversarialModel, run: Run, folder: Path = FOLDER) -> History:
    """Put a shipped training in place of a training: both networks' weights, and the run's tables and samples.

    Args:
        name: which one.
        model: the lesson's model, built with the width on the card.
        run: an empty run, or one that this function filled before.

    Raises:
        ValueError: no such generator, a damaged file, a model of another size, or a run that has checkpoints.
        RunBusy, RunUnwritable: see `train`.
    """
    card = card_of(name, folder)
    if run.last_checkpoint_step() is not None:
        raise Refused(f"{run!r} holds a training of its own; choose another RUN_NAME to look at the shipped one.")
    if model.generator.count_params() != card["setup"]["generator_weights"]:
        raise Refused(
            f"The shipped {name!r} has WIDTH {card['width']:g} and LATENT_DIM {card['setup']['latent_dim']}; "
            "set both to these."
        )
    place, parts = place_of(name, folder), {"generator": model.generator, "critic": model.critic}
    weights = [read_weights(place / f"{part}.npz", parts[part], card["sha256"][part]) for part in parts]
    for network, arrays in zip(parts.values(), weights, strict=True):  # both are good: nothing is half set
        network.set_weights(arrays)
    if model.averaged is not None:
        model.averaged.set_weights(model.generator.get_weights())
    if (code := own_code(type(model))) and changed_code(card["setup"].get("code", {}), code):
        print(f"The training shown is the one that ships, {name!r}: its step was the lesson's own, not yours.")
    with only_writer(run.folder):
        run.write_json("config.json", {**{key: card[key] for key in CARD_KEYS if key in card}, "pretrained": name})
        for path, file in shipped_files(name, folder).items():
            if path.startswith(("samples/", "trials/")) or path in [f"{table}.csv" for table in TABLES]:
                target = run.folder / path.removeprefix("trials/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
        run.save_generator(model.generator)
    return run.history()
