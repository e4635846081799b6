"""What people reported, rebuilt from its description, and what the auditor says of it: the table of the site's page.

KERAS_BACKEND=torch python -m tests.audit.reported     writes site/figures/audit.txt
"""

from pathlib import Path

from gan_audit import audit_penalty, audit_step
from tests.audit import penalties, steps

STORED = Path(__file__).parents[2] / "site" / "figures" / "audit.txt"
REPORTED = [  # (fault, threads that describe it, the planted bug, its place among several)
    (
        "One ε for each pixel",
        "eriklindernoren/PyTorch-GAN#5 hwalsuklee/tensorflow-generative-model-collections#33 "
        "znxlwm/pytorch-generative-model-collections#5 preritj/progressive_growing_of_GANs#3 tntrung/gan#2",
        "epsilon_per_pixel",
    ),
    (
        "ε from a normal distribution",
        "keras-team/keras-io#143 keras-team/keras-io#415 keras-team/keras-io#624",
        "epsilon_not_uniform",
    ),
    (
        "The norm over the channels alone",
        "caogang/wgan-gp#25 caogang/wgan-gp#27 caogang/wgan-gp#47 caogang/wgan-gp#56 eriklindernoren/PyTorch-GAN#20 "
        "Zeleni9/pytorch-wgan#40 KupynOrest/DeblurGAN#185",
        "norm_axes",
    ),
    ("The norm over one axis of the image", "yao-jason/MLDS2018SPRING#8", "norm_axes 3"),
    ("The mean is squared, not the deviations", "wiseodd/generative-models#31", "mean_first"),
    ("The gradient of the mean score", "keras-team/keras-contrib#75", "mean_score"),
    (
        "A root without a constant in it",
        "keras-team/keras-io#624 keras-team/keras-io#910 tdeboissiere/DeepLearningImplementations#68 "
        "pytorch/pytorch#2534",
        "root",
    ),
    ("A penalty that is not differentiated again", "mlpack/mlpack#2891 ooples/AiDotNet#1844", "detached"),
    ("`backward(create_graph=True)` within the penalty", "akanimax/pro_gan_pytorch#12", "gradients_left"),
    (
        "BatchNorm in the critic",
        "hwalsuklee/tensorflow-generative-model-collections#17 eriklindernoren/Keras-GAN#48 "
        "eriklindernoren/Keras-GAN#66 eriklindernoren/Keras-GAN#253 kongyanye/cwgan-gp#6 "
        "cyclomon/3dbraingen#6 LixiangHan/GANs-for-1D-Signal#8",
        "cross_talk",
    ),
    (
        "A sigmoid at the critic's end",
        "ozanciga/gans-with-pytorch#2 bojone/T-GANs#3 timsainb/tensorflow2-generative-models#16",
        "bounded",
    ),
    ("A tanh there, against large losses", "igul222/improved_wgan_training#72", "bounded"),
    (
        "A penalty that is not in the loss",
        "junyanz/pytorch-CycleGAN-and-pix2pix#1163 junyanz/pytorch-CycleGAN-and-pix2pix#1201 "
        "LixiangHan/GANs-for-1D-Signal#7",
        "penalty_missing",
    ),
    ("One batch for all critic updates", "keras-team/keras-io#330", "same_batch"),
    (
        "Both networks updated once a step",
        "daa233/generative-inpainting-pytorch#11 nocotan/pytorch-lightning-gans#7 sdv-dev/CTGAN#101",
        "critic_updates",
    ),
    ("No clipping", "torchgan/torchgan#42", "clip_missing"),
    ("Clipping before the update", "martinarjovsky/WassersteinGAN#50", "clip_before"),
    ("`eval()` for the critic's generated images (proposed)", "pytorch/examples#804", "step_mode"),
    ("The generator's sign", "Zeleni9/pytorch-wgan#51 Zeleni9/pytorch-wgan#53", "generator_sign"),
]


def link(thread):
    """Return a link to an issue or a pull request, which GitHub finds by the same address."""
    repository, number = thread.split("#")
    return f"[{thread.split('/')[1]}](https://github.com/{repository}/issues/{number})"


def report(bug, critics):
    """Return what the auditor says of the planted bug."""
    known = [critic for critic, bugs in critics if bugs == [bug]]
    if known:
        return audit_penalty(penalties.penalty(), "torch", critic=known[0])
    bug, _, place = bug.partition(" ")
    row = (in_torch.WRONG | penalties.WRONG | steps.WRONG)[bug]
    row = row[int(place or 0)] if isinstance(row, list) else row
    audit = audit_step if bug in steps.WRONG else audit_penalty
    function, settings = row if isinstance(row, tuple) else (row, {})
    return audit(function, "torch", **settings)


if __name__ == "__main__":
    from tests.audit import in_torch

    rows = ["| fault | as described in | the auditor says |", "|---|---|---|"]
    for fault, threads, bug in REPORTED:
        said = " ".join(report(bug, in_torch.CRITICS).values())
        rows.append(f"| {fault} | {', '.join(map(link, threads.split()))} | {said} |")
    STORED.write_text("\n".join(rows) + "\n", "utf-8")
