"""The benchmark's contestants on PyTorch: the lessons' networks, and one process."""

import pytest

pytest.importorskip("torch", reason="PyTorch is in the environment of `make test-backends` alone")

from benchmarks.contest.entries import COLUMNS, ENTRIES, SMOKE
from benchmarks.contest.with_pytorch import build
from wgan_utils.gan import networks

ON_PYTORCH = [name for name, entry in ENTRIES.items() if entry.module == "with_pytorch"]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.title)
def test_its_networks_have_as_many_weights_as_the_lesson_s(column):
    name = {"sevens": "sevens", "digits": "digit"}[column.lesson]
    generator = getattr(networks, f"{name}_generator")(column.width, column.latent_dim)
    critic = getattr(networks, f"{name}_critic")(column.width)
    training = build(column, threads=1, channels_last=False, bfloat16=False)
    assert training.about()["weights"] == [generator.count_params(), critic.count_params()]


@pytest.mark.parametrize("column", SMOKE, ids=lambda column: column.title)
@pytest.mark.parametrize("entry", ON_PYTORCH)
def test_a_step_moves_both_networks_and_keeps_the_critic_s_bound(column, entry):
    training = build(column, threads=1, **ENTRIES[entry].options)
    networks = training.generator, training.critic
    before = [next(network.parameters()).detach().clone() for network in networks]
    training.step()
    assert all((next(network.parameters()) != old).any() for network, old in zip(networks, before, strict=True))
    kernels = [p for p in training.critic.parameters() if p.ndim == 4]
    assert (max(float(p.abs().max()) for p in kernels) <= 0.01 + 1e-9) == column.clips
