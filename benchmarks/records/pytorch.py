"""The sevens' WGAN in PyTorch alone: channels_last, both losses compiled by `torch.compile`.

    KERAS_BACKEND=torch .venv-backends/bin/python -m benchmarks.records sevens --row hand-written --seeds 3

Its weights begin as those of Keras's networks, and return to Keras's generator to be measured. A recipe's precision,
falling rate and BatchNorm's momentum are not looked at.
"""

from typing import Any

import keras
import numpy as np

from wgan_utils.errors import Refused

# weight.transpose(ORDER[weight.ndim]) brings Keras's axes into PyTorch's order, BACK the other way.
ORDER = {1: (0,), 2: (1, 0), 4: (3, 2, 0, 1)}
BACK = {1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}


def pytorch_way(
    generator: keras.Model,
    critic: keras.Model,
    latent_dim: int,
    critic_steps: int,
    *,
    seed: int,
    ema_momentum: float,
    clip_value: float,
) -> Any:
    """Build a model with `compile`, `fit` and `final_generator`, which is all that a record needs of one."""
    if keras.backend.backend() != "torch":
        raise Refused(
            "That row runs with KERAS_BACKEND=torch .venv-backends/bin/python, which make test-backends makes."
        )
    import torch
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    from benchmarks.contest.pytorch_networks import sevens_critic, sevens_generator

    class InPyTorch:
        """A WGAN with weight clipping."""

        stop_training = False

        def __init__(self) -> None:
            torch.manual_seed(seed)
            width = critic.get_weights()[0].shape[-1] / 64
            ours = sevens_generator(width, latent_dim), sevens_critic(width, normalised=False)
            for network, keras_network in zip(ours, (generator, critic), strict=True):
                take_weights(network, keras_network)
            self.generator, self.critic = (network.to(memory_format=torch.channels_last) for network in ours)
            self.averaged = AveragedModel(
                self.generator, multi_avg_fn=get_ema_multi_avg_fn(ema_momentum), use_buffers=True
            )
            self.averaged.n_averaged += 1  # begin from the first weights, as ours do
            self.losses = [torch.compile(loss) for loss in (self.critic_loss, self.generator_loss)]

        def compile(self, *optimizers: keras.Optimizer) -> None:
            """Take rate, ρ and ε of `wu.paper_rmsprop`, whose ε stands outside of the root, as PyTorch's does."""
            self.optimizers = [
                torch.optim.RMSprop(network.parameters(), float(each.learning_rate), each.rho, each.epsilon)
                for network, each in zip((self.critic, self.generator), optimizers, strict=True)
            ]

        def critic_loss(self, pixels: torch.Tensor, latent: torch.Tensor) -> torch.Tensor:
            real = (pixels.float() / 127.5 - 1).permute(0, 3, 1, 2)
            with torch.no_grad():
                fake = self.generator(latent)
            return self.critic(fake).mean() - self.critic(real).mean()

        def generator_loss(self, latent: torch.Tensor) -> torch.Tensor:
            return -self.critic(self.generator(latent)).mean()

        def step(self, real: torch.Tensor) -> dict[str, Any]:
            """Update the critic some times, the generator once."""
            self.critic.requires_grad_(True)
            for i in range(critic_steps):
                critic_loss = self.update(0, real[:, i], torch.randn(len(real), latent_dim))
                with torch.no_grad():
                    for weight in self.critic.parameters():
                        weight.clamp_(-clip_value, clip_value)
            self.critic.requires_grad_(False)
            generator_loss = self.update(1, torch.randn(len(real), latent_dim))
            self.averaged.update_parameters(self.generator)
            return {"critic_loss": critic_loss, "generator_loss": generator_loss}

        def update(self, which: int, *inputs: torch.Tensor) -> torch.Tensor:
            """Take one step of an optimizer."""
            self.optimizers[which].zero_grad()
            loss = self.losses[which](*inputs)
            loss.backward()
            self.optimizers[which].step()
            return loss.detach()

        def fit(self, batches: keras.utils.PyDataset, callbacks: list[keras.callbacks.Callback], **_: Any) -> None:
            """Take a step for each batch, until a callback stops the training."""
            for callback in callbacks:
                callback.set_model(self)
            for i in range(len(batches)):
                for callback in callbacks:
                    callback.on_train_batch_begin(i)
                logs = self.step(torch.from_numpy(np.asarray(batches[i][0])))
                for callback in callbacks:
                    callback.on_train_batch_end(i, logs)
                if self.stop_training:
                    return

        @property
        def final_generator(self) -> keras.Model:
            """Keras's generator, with the averaged weights."""
            give_weights(self.averaged.module, generator)
            return generator

    return InPyTorch()


def take_weights(network: Any, keras_network: keras.Model) -> None:
    """Copy Keras's weights into a PyTorch network with the same layers in the same order."""
    import torch

    names = [name for name in network.state_dict() if "num_batches" not in name]
    values = [torch.tensor(w.transpose(ORDER[w.ndim]).copy()) for w in keras_network.get_weights()]
    network.load_state_dict(dict(zip(names, values, strict=True)), strict=False)


def give_weights(network: Any, keras_network: keras.Model) -> None:
    """Copy a PyTorch network's weights into Keras's network with the same layers in the same order."""
    values = [value.numpy() for name, value in network.state_dict().items() if "num_batches" not in name]
    keras_network.set_weights([value.transpose(BACK[value.ndim]) for value in values])
