"""A GAN, a WGAN with weight clipping and a WGAN with gradient penalty, as Keras models under `fit`.

One batch of training data holds the real images of one whole step, uint8 of shape (batch, critic_steps,
height, width, channels), batch first so that devices can share it; or real points, floats that are taken as they
are. The step runs `critic_steps`
updates of the critic and one of the generator, compiled as a unit. Compare `GAN.step_on` with Algorithm 1 of
either Wasserstein paper.
"""

from typing import Any

import keras
from keras import ops

from wgan_utils.gan import losses
from wgan_utils.gan.averaging import frozen_copy, move_average
from wgan_utils.gan.backend import BACKEND, run_step, value_and_gradients
from wgan_utils.gan.checks import check_networks
from wgan_utils.gan.mixing import mixes_images
from wgan_utils.gan.sampling import as_inputs
from wgan_utils.gan.state import Restorable

# The numbers that define an algorithm: arguments of the models below, and attributes.
SETTINGS = ("latent_dim", "critic_steps", "clip_value", "penalty_weight", "one_sided", "ema_momentum", "seed")


class GAN(Restorable, keras.Model):
    """The original GAN (Goodfellow et al. 2014), with the non-saturating generator loss.

    Args:
        generator: maps latent vectors (batch, latent_dim) to images in [−1, 1], of shape (batch, height,
            width, channels).
        critic: maps such images to one number each, (batch, 1), without an activation. For this class it is
            the discriminator and the number a logit.
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
            raise ValueError(f"critic_steps must be at least 1, not {critic_steps!r}.")
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
            raise ValueError("Each network needs an optimizer of its own; the same object was given for both.")
        if kwargs.get("steps_per_execution", 1) != 1:
            raise ValueError(
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
        for i in range(self.critic_steps):
            real = as_inputs(real_images[:, i])
            logs = self.update_critic(real)
        logs |= self.update_generator(ops.shape(real)[0])
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

    def update_generator(self, batch_size: Any) -> dict[str, Any]:
        """Update the generator once, against the critic as it now stands."""
        latent = self.draw_latent(batch_size)

        def loss() -> tuple[Any, dict[str, Any]]:
            fake_scores = self.critic(self.generator(latent, training=True), training=True)
            value = self.generator_loss(fake_scores)
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
        return keras.random.normal((batch_size, self.latent_dim), seed=self.seed_generator)

    def score(self, real: Any, fake: Any) -> tuple[Any, Any]:
        """Let the critic score real and generated images, in one pass unless that would mix the two."""
        if self.mixes_images:
            return self.critic(real, training=True), self.critic(fake, training=True)
        both = ops.concatenate([losses.as_float32(real), losses.as_float32(fake)])
        real_scores, fake_scores = ops.split(self.critic(both, training=True), 2)
        return real_scores, fake_scores

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the loss that the critic minimises, and the scalars to log."""
        real_logits, fake_logits = self.score(real, fake)
        loss = losses.gan_discriminator_loss(real_logits, fake_logits)
        return loss, {
            "discriminator_loss": loss,
            "real_accuracy": ops.mean(ops.cast(real_logits > 0, "float32")),
            "fake_accuracy": ops.mean(ops.cast(fake_logits < 0, "float32")),
        }

    def generator_loss(self, fake_scores: Any) -> Any:
        """Return the loss that the generator minimises, from the critic's view of generated images."""
        return losses.gan_generator_loss(fake_scores)


class WGAN(GAN):
    """A Wasserstein GAN with weight clipping (Arjovsky et al. 2017, Algorithm 1).

    Args:
        generator: see `GAN`.
        critic: see `GAN`; its output is a score without bounds.
        latent_dim: see `GAN`.
        critic_steps: see `GAN`.
        clip_value: every kernel and bias of the critic is clamped to [−clip_value, clip_value] after each
            update; None leaves them alone, and then nothing bounds the critic.
        seed: see `GAN`.
        ema_momentum: see `GAN`.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int = 5,
        clip_value: float | None = 0.01,
        seed: int = 0,
        ema_momentum: float | None = None,
    ) -> None:
        super().__init__(generator, critic, latent_dim, critic_steps, seed, ema_momentum)
        if clip_value is not None and not clip_value > 0:
            raise ValueError(f"clip_value must be positive, not {clip_value!r}; the paper uses 0.01.")
        self.clip_value = clip_value

    def update_critic(self, real: Any) -> dict[str, Any]:
        """Update the critic once, then clip its weights."""
        logs = super().update_critic(real)
        if self.clip_value is not None:
            losses.clip_weights(self.critic, self.clip_value)
        return logs

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the Wasserstein loss, and the mean scores it is made of."""
        real_scores, fake_scores = self.score(real, fake)
        loss = losses.wasserstein_critic_loss(real_scores, fake_scores)
        return loss, {
            "real_score": ops.mean(losses.as_float32(real_scores)),
            "fake_score": ops.mean(losses.as_float32(fake_scores)),
            "critic_loss": loss,
        }

    def generator_loss(self, fake_scores: Any) -> Any:
        """Return the negative mean score of generated images."""
        return losses.wasserstein_generator_loss(fake_scores)


class WGANGP(WGAN):
    """A Wasserstein GAN with a gradient penalty (Gulrajani et al. 2017, Algorithm 1).

    Args:
        generator: see `GAN`.
        critic: see `WGAN`; must not mix the images of a batch, so no BatchNormalization.
        latent_dim: see `GAN`.
        critic_steps: see `GAN`.
        penalty_weight: λ, the factor of the penalty.
        one_sided: punish only gradient norms above one.
        seed: see `GAN`.
        ema_momentum: see `GAN`.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int = 5,
        penalty_weight: float = 10.0,
        one_sided: bool = False,
        seed: int = 0,
        ema_momentum: float | None = None,
    ) -> None:
        super().__init__(generator, critic, latent_dim, critic_steps, None, seed, ema_momentum)
        if not penalty_weight > 0:
            raise ValueError(f"penalty_weight must be positive, not {penalty_weight!r}; the paper uses 10.")
        if self.mixes_images:
            raise ValueError(
                "The gradient penalty needs one gradient per image, and BatchNormalization in the critic "
                "mixes the images of a batch; leave it out or use LayerNormalization "
                "(Gulrajani et al. 2017, section 4)."
            )
        self.penalty_weight = penalty_weight
        self.one_sided = one_sided

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the Wasserstein loss plus λ times the penalty; the two are logged separately."""
        loss, logs = super().critic_loss(real, fake)
        penalty = losses.gradient_penalty(self.critic, real, fake, self.seed_generator, self.one_sided)
        return loss + self.penalty_weight * penalty, logs | {"gradient_penalty": penalty}
