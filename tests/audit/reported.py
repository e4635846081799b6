"""What people reported, rebuilt from its description, and what the auditor says of it: the table of the site's page.

python -m tests.audit.reported     writes site/figures/audit.txt; on PyTorch, where each of these bugs can exist
"""

import importlib
import warnings
from pathlib import Path

import keras

from gan_audit import audit_penalty, audit_step
from tests.audit import shared, steps

BACKEND = keras.backend.backend()
NATIVE = importlib.import_module(f"tests.audit.in_{BACKEND}")
PENALTIES = shared.WRONG | NATIVE.WRONG
STORED = Path(__file__).parents[2] / "site" / "figures" / "audit.txt"
# (fault, where it is described, its name among the planted bugs)
REPORTED = [
    ("One ε for each pixel", "PyTorch-GAN #5; hwalsuklee's collection #33; znxlwm's collection #5", "ε per pixel"),
    ("ε from a normal distribution", "keras-io #143, #415, #624", "ε normal"),
    ("One ε for the batch", "[What breaks](bugs.md)", "ε shared"),
    ("The penalty at real images alone", "labml's WGAN-GP", "at real images"),
    (
        "The norm over the channels alone",
        "caogang's wgan-gp #25, #27, #56; Zeleni9's pytorch-wgan #40; DeblurGAN #185",
        "norm over channels",
    ),
    ("The squared norm held at 1", "wiseodd's generative-models #31", "no root"),
    ("A root without a constant in it", "keras-io #624, #910; pytorch #2534", "bare root"),
    ("A penalty that is not differentiated again", "pytorch #19024", "no create_graph"),
    ("Memory that grows with every step", "caogang's wgan-gp #21", "graph kept"),
    ("BatchNorm in the critic", "Keras-GAN #48, #66, #253; kongyanye's repository #6", "BatchNorm"),
    ("Dropout in the critic", "keras-io's WGAN-GP example; GDL, 2nd edition", "dropout"),
    (
        "A sigmoid at the critic's end",
        "ozanciga's gans-with-pytorch #2; bojone's T-GANs #3; timsainb's repository #16",
        "sigmoid",
    ),
    ("A tanh at the critic's end", "improved_wgan_training #72", "tanh"),
    (
        "A penalty that is computed, or not, and left out",
        "pytorch-CycleGAN-and-pix2pix #1163, #1201; GANs-for-1D-Signal #7; DeblurGAN-tf #8; AttentionGAN #27",
        "penalty left out",
    ),
    ("The penalty's sign", "a question in a course's forum, community.deeplearning.ai 429086", "penalty subtracted"),
    ("One batch for all critic updates", "keras-io's WGAN-GP example; GDL, 2nd edition", "one batch"),
    (
        "Both networks updated once a step",
        "generative-inpainting-pytorch #11; pytorch-lightning-gans #7",
        "critic updated once",
    ),
    ("Statistics are clipped, too", "GDL, 1st edition; WassersteinGAN #18, #32, #75", "statistics clipped"),
    ("Clipping before the update", "WassersteinGAN, the authors' own code", "clipped before"),
    ("A critic that is frozen for good", "handson-ml3 #252; keras #8585; GDL_code #51", "critic never"),
    ("Images generated in inference mode", "TensorFlow #44711; keras #13118", "generated in eval mode"),
    ("The generator's sign", "Zeleni9's pytorch-wgan #51, #53", "generator's sign"),
]


def says(name):
    """What the auditor says of a planted bug."""
    if name in NATIVE.CRITICS:
        return audit_penalty(shared.penalty(), BACKEND, critic=NATIVE.CRITICS[name][0])
    audit, (function, settings, _) = (
        (audit_penalty, PENALTIES[name]) if name in PENALTIES else (audit_step, steps.WRONG[name])
    )
    return audit(function, BACKEND, **settings)


def table():
    """The rows of the page's table."""
    rows = ["| fault | as described in | the auditor says |", "|---|---|---|"]
    for fault, thread, name in REPORTED:
        rows.append(f"| {fault} | {thread} | {' '.join(says(name).said.values())} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    STORED.write_text(table(), "utf-8")
