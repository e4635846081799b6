"""The sevens' WGAN in PyTorch alone: channels_last, both losses compiled by `torch.compile`.

    KERAS_BACKEND=torch .venv-backends/bin/python -m benchmarks.records sevens --row hand-written --seeds 3

Its weights begin as those of Keras's networks, and return to Keras's generator to be measured.
"""

from typing import Any

import keras
import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from benchmarks.contest.pytorch_networks import sevens_critic, sevens_generator
from benchmarks.contest.with_pytorch import update

# weight.transpose(ORDER[weight.ndim]) brings Keras's axes into PyTorch's order, BACK the other way.
ORDER = {1: (0,), 2: (1, 0), 4: (3, 2, 0, 1)}
BACK = {1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}


class HandWritten:
    """A WGAN with weight clipping, and `compile`, `fit` and `final_generator`, which a record needs of a model."""

    stop_training = False

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int,
        *,
        seed: int,
        ema_momentum: float,
        clip_value: float,
    ) -> None:
        torch.manual_seed(seed)
        self.keras_generator, self.latent_dim = generator, latent_dim
        self.critic_steps, self.clip_value = critic_steps, clip_value
        width = critic.get_weights()[0].shape[-1] / 64
        self.generator = with_weights_of(generator, sevens_generator(width, latent_dim))
        self.critic = with_weights_of(critic, sevens_critic(width, normalised=False))
        average = get_ema_multi_avg_fn(ema_momentum)
        self.averaged = AveragedModel(self.generator, multi_avg_fn=average, use_buffers=True)
        self.averaged.n_averaged += 1  # begin from the first weights, as ours do
        self.fast_critic_loss = torch.compile(self.critic_loss)
        self.fast_generator_loss = torch.compile(self.generator_loss)

    def compile(self, *optimizers: keras.Optimizer) -> None:
        """Take rate, ρ and ε of `wu.paper_rmsprop`, whose ε stands outside of the root, as PyTorch's does."""
        self.critic_optimizer, self.generator_optimizer = (
            torch.optim.RMSprop(network.parameters(), float(each.learning_rate), each.rho, each.epsilon)
            for network, each in zip((self.critic, self.generator), optimizers, strict=True)
        )

    def critic_loss(self, pixels: Tensor, latent: Tensor) -> Tensor:
        """Return the critic's loss for uint8 images (batch, height, width, 1)."""
        real = (pixels.float() / 127.5 - 1).permute(0, 3, 1, 2)
        with torch.no_grad():
            fake = self.generator(latent)
        return self.critic(fake).mean() - self.critic(real).mean()

    def generator_loss(self, latent: Tensor) -> Tensor:
        """Return the generator's loss."""
        return -self.critic(self.generator(latent)).mean()

    def step(self, real: Tensor) -> dict[str, Tensor]:
        """Update the critic some times, the generator once."""
        self.critic.requires_grad_(True)
        for i in range(self.critic_steps):
            critic_loss = self.fast_critic_loss(real[:, i], torch.randn(len(real), self.latent_dim))
            update(self.critic_optimizer, critic_loss)
            with torch.no_grad():
                for weight in self.critic.parameters():
                    weight.clamp_(-self.clip_value, self.clip_value)
        self.critic.requires_grad_(False)
        generator_loss = self.fast_generator_loss(torch.randn(len(real), self.latent_dim))
        update(self.generator_optimizer, generator_loss)
        self.averaged.update_parameters(self.generator)
        return {"critic_loss": critic_loss.detach(), "generator_loss": generator_loss.detach()}

    def fit(self, batches: keras.utils.PyDataset, callbacks: list[keras.callbacks.Callback], **_: Any) -> None:
        """Take a step for each batch, until the callback stops the training."""
        (callback,) = callbacks
        callback.set_model(self)
        for i in range(len(batches)):
            callback.on_train_batch_begin(i)
            callback.on_train_batch_end(i, self.step(torch.from_numpy(np.asarray(batches[i][0]))))
            if self.stop_training:
                return

    @property
    def final_generator(self) -> keras.Model:
        """Keras's generator, with the averaged weights."""
        values = [value.numpy() for name, value in self.averaged.module.state_dict().items() if is_weight(name)]
        self.keras_generator.set_weights([value.transpose(BACK[value.ndim]) for value in values])
        return self.keras_generator


def with_weights_of(keras_network: keras.Model, network: nn.Module) -> nn.Module:
    """Return a PyTorch network, channels_last, with the weights of Keras's, which has the same layers in this order."""
    names = filter(is_weight, network.state_dict())
    values = [torch.tensor(w.transpose(ORDER[w.ndim]).copy()) for w in keras_network.get_weights()]
    network.load_state_dict(dict(zip(names, values, strict=True)), strict=False)
    return network.to(memory_format=torch.channels_last)


def is_weight(name: str) -> bool:
    """Tell weights and BatchNorm's statistics from its count of batches, which Keras has not."""
    return "num_batches" not in name
