"""PyTorch as its users write it: eager, optionally channels_last, optionally under bfloat16 autocast.

The lessons' layers and losses without Keras. What only a careful writer does is done, since it makes these contestants
faster: generated images for the critic are made without a graph, the critic's weights take no gradient while the
generator learns, and real and generated images share one pass where no BatchNorm forbids it.
"""

import time
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.contest import entries
from benchmarks.contest.entries import Column
from benchmarks.contest.pytorch_networks import networks


def build(column: Column, threads: int, channels_last: bool, bfloat16: bool) -> "EagerTraining":
    """Build the training; see `worker.Training`."""
    torch.set_num_threads(threads)
    return EagerTraining(column, torch.channels_last if channels_last else torch.contiguous_format, bfloat16)


class EagerTraining:
    """A loop of critic updates and a generator update."""

    def __init__(self, column: Column, layout: torch.memory_format, bfloat16: bool) -> None:
        self.column, self.layout, self.bfloat16 = column, layout, bfloat16
        self.generator, self.critic = (network.to(memory_format=layout) for network in networks(column))
        self.generator_optimizer, self.critic_optimizer = map(self.optimizer, (self.generator, self.critic))
        self.pixels = torch.randint(0, 256, (entries.IMAGES, 1, 28, 28), dtype=torch.uint8)

    def optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        """Build a lesson's optimizer."""
        if self.column.clips:
            return torch.optim.RMSprop(network.parameters(), entries.RMSPROP_RATE, alpha=0.9, eps=1e-7)
        return torch.optim.Adam(network.parameters(), entries.ADAM_RATE, entries.ADAM_BETAS, eps=1e-7)

    def about(self) -> dict[str, Any]:
        """Describe what was built."""
        return {
            "weights": [count(self.generator), count(self.critic)],
            "threads": torch.get_num_threads(),
            "versions": {"PyTorch": torch.__version__},
        }

    def seconds_a_step(self, steps: int) -> float:
        """Train for some steps."""
        self.step()
        started = time.perf_counter()
        for _ in range(steps):
            self.step()
        return (time.perf_counter() - started) / steps

    def step(self) -> tuple[float, float]:
        """Update the critic some times, the generator once; returns both losses."""
        self.critic.requires_grad_(True)
        for _ in range(self.column.critic_steps):
            critic_loss = self.update_critic()
        self.critic.requires_grad_(False)
        return critic_loss.item(), self.update_generator().item()

    def update_critic(self) -> Tensor:
        """One update of the critic, then clipping where that is what keeps it Lipschitz."""
        chosen = torch.randint(0, len(self.pixels), (self.column.batch_size,))
        real = (self.pixels[chosen].float() / 127.5 - 1).contiguous(memory_format=self.layout)
        with self.autocast():
            with torch.no_grad():
                fake = self.generator(self.latent())
            real_scores, fake_scores = self.scores(real, fake)
            loss = fake_scores.float().mean() - real_scores.float().mean()
            if not self.column.clips:
                loss = loss + entries.PENALTY_WEIGHT * self.penalty(real, fake)
        update(self.critic_optimizer, loss)
        if self.column.clips:
            self.clip()
        return loss.detach()

    def update_generator(self) -> Tensor:
        """One update of the generator."""
        with self.autocast():
            loss = -self.critic(self.generator(self.latent())).float().mean()
        update(self.generator_optimizer, loss)
        return loss.detach()

    def scores(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """Score both; BatchNorm needs a pass for each."""
        if self.column.clips:
            return self.critic(real), self.critic(fake)
        real_scores, fake_scores = self.critic(torch.cat([real, fake.float()])).chunk(2)
        return real_scores, fake_scores

    def penalty(self, real: Tensor, fake: Tensor) -> Tensor:
        """Penalise gradient norms other than 1 between real and generated images."""
        share = torch.rand(len(real), 1, 1, 1)
        between = (share * real + (1 - share) * fake.float()).requires_grad_()
        (gradient,) = torch.autograd.grad(self.critic(between).float().sum(), between, create_graph=True)
        norms = (gradient.float().square().sum(dim=(1, 2, 3)) + 1e-12).sqrt()
        return (norms - 1).square().mean()

    def clip(self) -> None:
        """Clamp kernels and biases, not BatchNorm's scales and offsets."""
        with torch.no_grad():
            for layer in self.critic.modules():
                if isinstance(layer, (nn.Conv2d, nn.Linear)):
                    for weight in layer.parameters():
                        weight.clamp_(-entries.CLIP_VALUE, entries.CLIP_VALUE)

    def latent(self) -> Tensor:
        """Draw latent vectors."""
        return torch.randn(self.column.batch_size, self.column.latent_dim)

    def autocast(self) -> torch.autocast:
        """Compute in bfloat16 what PyTorch holds safe for it, if that is wanted."""
        return torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16)


def update(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Take one step of an optimizer."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def count(network: nn.Module) -> int:
    """Count weights as Keras does: BatchNorm's statistics, but not its number of batches."""
    return sum(values.numel() for name, values in network.state_dict().items() if "num_batches" not in name)
