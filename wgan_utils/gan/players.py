"""Two players and one training step of theirs, as a Keras model under `fit`: what all models here have in common.

One batch of training data holds the real images of one whole step, uint8 of shape (batch, critic_steps,
height, width, channels), batch first so that devices can share it; or real points, floats that are taken as they
are. The step runs `critic_steps` updates of the critic and one of the generator, compiled as a unit. What the two
minimise, `wgan_utils.gan.models` adds.
"""

from typing import Any

import keras
from keras import ops

from wgan_utils.errors import Refused
from wgan_utils.gan import losses
from wgan_utils.gan.averaging import frozen_copy, move_average
from wgan_utils.gan.backend import BACKEND, run_step, traced_once, value_and_gradients
from wgan_utils.gan.checks import check_networks, mixes_images
from wgan_utils.gan.devices import split_batch
from wgan_utils.gan.sampling import as_inputs
from wgan_utils.gan.state import Restorable

# The numbers that define an algorithm: arguments of the models, and their attributes.
SETTINGS = (
    *("latent_dim", "critic_steps", "clip_value", "penalty_weight", "one_sided", "gamma", "ema_momentum", "seed"),
)


class TwoPlayers(Restorable, keras.Model):
    """A generator and a critic that train against each other; a subclass says what each minimises.

    Args:
        generator: maps latent vectors (batch, latent_dim) to images in [−1, 1], of shape (batch, height,
            width, channels).
        critic: maps such images to one number each, (batch, 1), without an activation.
        latent_dim: length of a latent vector.
        critic_steps: critic updates per generator update; each sees real images and latent vectors of its
            own.
        seed: integer; fixes the latent vectors (and interpolation weights) of every step.
        ema_momentum: if given, `averaged` is a second generator whose weights are an exponential moving average of
            the generator's, over about 1/(1 − ema_momentum) steps (Yazıcı et al. 2019). The training does not use it.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int = 1,
        seed: int = 0,
        ema_momentum: float | None = None,
    ) -> None:
        super().__init__()
        check_networks(generator, critic, latent_dim)
        if critic_steps < 1:
            raise Refused(f"critic_steps must be at least 1, not {critic_steps!r}.")
        self.generator = generator
        self.critic = critic
        self.latent_dim = latent_dim
        self.critic_steps = critic_steps
        self.seed = seed
        self.ema_momentum = ema_momentum
        self.averaged = None if ema_momentum is None else frozen_copy(generator, ema_momentum)
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.steps_done = keras.Variable(0, dtype="int32", trainable=False, name="steps_done")
        self.mixes_images = mixes_images(critic)
        self.generator_optimizer_variables: list = []
        self.built = True

    def compile(self, critic_optimizer: Any, generator_optimizer: Any, **kwargs: Any) -> None:
        """Give each network its own optimizer. Further arguments go to `keras.Model.compile`.

        `jit_compile` is off unless asked for, since XLA slows these networks down on a CPU and lacks
        UpSampling2D's gradient on TensorFlow; on JAX it is what compiling means, and on.
        """
        if critic_optimizer is generator_optimizer:
            raise Refused("Each network needs an optimizer of its own; the same object was given for both.")
        if kwargs.get("steps_per_execution", 1) != 1:
            raise Refused(
                "steps_per_execution must stay 1: one step here is all critic updates and the generator's already, and "
                "what is written down after each step would be counted wrongly."
            )
        kwargs.setdefault("jit_compile", BACKEND == "jax")
        super().compile(optimizer=critic_optimizer, **kwargs)
        self.generator_optimizer = generator_optimizer
        self.optimizer.build(self.critic.trainable_variables)
        generator_optimizer.build(self.generator.trainable_variables)
        # Keras tracks variables in lists, not those of a second optimizer; JAX must know them all. Clearing the
        # list makes Keras forget those of an earlier compile().
        self.generator_optimizer_variables.clear()
        self.generator_optimizer_variables.extend(generator_optimizer.variables)

    @property
    def final_generator(self) -> keras.Model:
        """What a training ends with: the averaged generator where there is one, else the generator."""
        return self.generator if self.averaged is None else self.averaged

    def settings(self) -> dict[str, Any]:
        """Return the numbers that define the algorithm, by name."""
        return {name: getattr(self, name) for name in SETTINGS if hasattr(self, name)}

    def train_step(self, *args: Any) -> Any:
        """Run one training step for `fit`, in the form the backend wants."""
        return run_step(self, self.step_on, *args)

    def step_on(self, data: Any) -> dict[str, Any]:
        """One step: several critic updates, then one generator update.

        Returns scalars: those of the last critic update, and the generator's loss.
        """
        real_images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        update_critic = traced_once(self.update_critic)
        for i in range(self.critic_steps):
            real = as_inputs(real_images[:, i])
            logs = update_critic(real)
        logs |= self.update_generator_beside(real)
        self.update_average()
        self.steps_done.assign_add(1)
        return logs

    def update_critic(self, real: Any) -> dict[str, Any]:
        """Update the critic once, on real images in [−1, 1] and as many generated ones."""
        fake = ops.stop_gradient(self.generator(self.draw_latent(ops.shape(real)[0]), training=True))

        def loss() -> tuple[Any, dict[str, Any]]:
            return self.critic_loss(real, fake)

        _, logs, gradients = value_and_gradients(loss, self.critic.trainable_variables, self.variables)
        self.optimizer.apply(gradients, self.critic.trainable_variables)
        return logs

    def update_generator_beside(self, real: Any) -> dict[str, Any]:
        """Update the generator once, after a critic update on `real`: most losses need no more of it than its size."""
        return self.update_generator(ops.shape(real)[0])

    def update_generator(self, batch_size: Any, real: Any = None) -> dict[str, Any]:
        """Update the generator once, against the critic as it now stands."""
        latent = self.draw_latent(batch_size)

        def loss() -> tuple[Any, dict[str, Any]]:
            value = self.loss_of_generated(self.generator(latent, training=True), real)
            return value, {"generator_loss": value}

        _, logs, gradients = value_and_gradients(loss, self.generator.trainable_variables, self.variables)
        self.generator_optimizer.apply(gradients, self.generator.trainable_variables)
        return logs

    def update_average(self) -> None:
        """Move the averaged generator's weights, BatchNorm statistics among them, a little towards the generator's."""
        if self.averaged is not None and self.ema_momentum is not None:
            move_average(self.averaged, self.generator, self.ema_momentum)

    def draw_latent(self, batch_size: Any) -> Any:
        """Draw latent vectors from the standard normal distribution: (batch_size, latent_dim)."""
        return split_batch(keras.random.normal((batch_size, self.latent_dim), seed=self.seed_generator))

    def score(self, real: Any, fake: Any) -> tuple[Any, Any]:
        """Let the critic score real and generated images, in one pass unless that would mix the two."""
        if self.mixes_images:
            return self.critic(real, training=True), self.critic(fake, training=True)
        both = ops.concatenate([losses.as_float32(real), losses.as_float32(fake)])
        real_scores, fake_scores = ops.split(self.critic(both, training=True), 2)
        return real_scores, fake_scores

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the loss that the critic minimises, and the scalars to log."""
        raise NotImplementedError

    def generator_loss(self, fake_scores: Any) -> Any:
        """Return the loss that the generator minimises, from the critic's view of generated images."""
        raise NotImplementedError

    def loss_of_generated(self, fake: Any, real: Any = None) -> Any:
        """Return the loss that the generator minimises, from images it has made."""
        return self.generator_loss(self.critic(fake, training=True))
