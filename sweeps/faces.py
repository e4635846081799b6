"""What the sweeps of the labs on faces share: their command line, their parameters and their images."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import wgan_utils as wu
from wgan_utils.metrics.features import Featurise
from wgan_utils.published import LESSONS


class Asked(NamedTuple):
    """What a sweep is to do, and what its numbers are measured by.

    Attributes:
        folder: the sweep's, OUTPUT/LAB.
        seeds: one or more trainings for each.
        parameters: the lab's, under the preset; a run's own are put over them.
        images: what is trained on.
        real: the training images that generated ones are held against, `N_EVAL` of them.
        features: what turns either into features.
    """

    folder: Path
    seeds: list[int]
    parameters: dict[str, Any]
    images: wu.Images
    real: np.ndarray
    features: Featurise


def asked(lab: str, description: str, arguments: list[str] | None = None) -> Asked:
    """Read a sweep's command line and load its faces; only the preset "smoke" takes drawn people in their place."""
    parser = argparse.ArgumentParser(prog=f"python -m sweeps.{lab}", description=description.split("\n\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="runs are kept in OUTPUT/LAB")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--preset", default="full", choices=("smoke", "full"), help="smoke: a trial of a minute")
    given = parser.parse_args(arguments)
    parameters = dict(LESSONS[lab].published[given.preset]) | {"PRESET": given.preset}
    images = wu.load_images("celeba", image_size=64, allow_standin=given.preset == "smoke")
    real, features = images.train[: parameters["N_EVAL"]], wu.fit_pca_features(images.train)
    return Asked(given.output.resolve() / lab, given.seeds, parameters, images, real, features)
