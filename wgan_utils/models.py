"""A generator and a critic that train against each other, as a Keras model, and the GANs of the lessons.

`AdversarialModel` has one method to fill, `step`; everything around a step is its own. The classes after it fill the
method: compare them with Algorithm 1 of Arjovsky et al. 2017 (WGAN) and of Gulrajani et al. 2017 (WGANGP).
"""

import warnings
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from wgan_utils.errors import Refused
from wgan_utils.gan import losses
from wgan_utils.gan.backend import (
    BACKEND,
    CompiledStep,
    forget_traces,
    run_step,
    split_batch,
    traced_once,
    value_and_gradients,
    without_autograph,
)
from wgan_utils.gan.losses import check_positive
from wgan_utils.gan.networks import as_inputs

# The numbers that define an algorithm: arguments of the models, and their attributes.
SETTINGS = ["latent_dim", "critic_steps", "clip_value", "penalty_weight", "one_sided", "gamma", "ema_momentum", "seed"]


class AdversarialModel(keras.Model):
    """Two networks, their optimizers and random numbers; a subclass says in `step` how they are updated::

        class WGAN(wu.AdversarialModel):
            def step(self, real):
                ...  # self.generator, self.critic, self.draw_latent(n), self.critic_optimizer, …
                return {"critic_loss": critic_loss, "generator_loss": generator_loss}

        model = WGAN(generator, critic, latent_dim=100, critic_steps=5)
        model.compile(critic_optimizer, generator_optimizer)
        wu.train(model, images, run, steps=800)

    Outside of `step`, and in one compiled function with it: uint8 images become floats, the step is counted, the
    averaged generator follows. On TensorFlow a step is compiled with AutoGraph, so that `len(x)` of a batch works in
    it; a method that it calls several times is compiled once, which saves seconds, if it has `@tf.function`.

    Args:
        generator: maps latent vectors (batch, latent_dim) to images in [−1, 1], (batch, height, width, channels).
        critic: maps such images to one number each, (batch, 1), without an activation. The discriminator of a GAN,
            which `discriminator` names, too.
        latent_dim: length of a latent vector.
        critic_steps: critic updates per generator update; each sees real images and latent vectors of its own.
        seed: integer; fixes the latent vectors (and interpolation weights) of every step.
        ema_momentum: if given, `averaged` is a second generator whose weights are an exponential moving average of
            the generator's, over about 1/(1 − ema_momentum) steps (Yazıcı et al. 2019). The training does not use it.

    Attributes:
        seed_generator: the random state of a step: `keras.random.uniform(shape, seed=self.seed_generator)`.
        steps_done: how many steps have been taken.

    Raises:
        ValueError: there is no `step`, or networks or settings that do not fit together.
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
        if type(self).step is AdversarialModel.step:
            raise Refused(f"{type(self).__name__} has no step: define `def step(self, real)`.")
        check_networks(generator, critic, latent_dim)
        check_positive("critic_steps", critic_steps, 5)
        self.generator, self.critic, self.latent_dim = generator, critic, latent_dim
        self.critic_steps, self.seed, self.ema_momentum = critic_steps, seed, ema_momentum
        self.averaged = None if ema_momentum is None else frozen_copy(generator, ema_momentum)
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.steps_done = keras.Variable(0, dtype="int32", trainable=False, name="steps_done")
        self.has_cross_sample_layers = has_cross_sample_layers(critic)
        self.generator_optimizer_variables: list = []
        self.built = True

    def step(self, real: Any) -> dict[str, Any]:
        """Take one step: update the critic `critic_steps` times, then the generator. A subclass has to define it.

        Args:
            real: real images as floats in [−1, 1], of shape (batch, critic_steps, height, width, channels);
                `real[:, i]` is the batch of critic update i. Or points as they are: (batch, critic_steps, dimensions).

        Returns:
            What to log, by name: scalars. Of `real_score`, `fake_score`, `critic_loss`, `discriminator_loss`,
            `generator_loss` and `gradient_penalty` the figures know what they are.
        """
        raise NotImplementedError

    def draw_latent(self, n: Any) -> Any:
        """Draw n latent vectors from the standard normal distribution: (n, latent_dim)."""
        return split_batch(keras.random.normal((n, self.latent_dim), seed=self.seed_generator))

    # Keras calls the critic's optimizer `optimizer`, and a GAN its critic the discriminator.
    critic_optimizer = discriminator_optimizer = property(lambda self: self.optimizer)
    discriminator = property(lambda self: self.critic)

    @property
    def final_generator(self) -> keras.Model:
        """What a training ends with: the averaged generator where there is one, else the generator."""
        return self.generator if self.averaged is None else self.averaged

    def settings(self) -> dict[str, Any]:
        """Return the numbers that define the algorithm, by name."""
        return {name: getattr(self, name) for name in SETTINGS if hasattr(self, name)}

    # ---- around a step

    def compile(self, critic_optimizer: Any, generator_optimizer: Any, **kwargs: Any) -> None:
        """Give each network its own optimizer. Further arguments go to `keras.Model.compile`.

        `jit_compile` is off unless asked for, since XLA slows these networks down on a CPU; on JAX it is on.
        """
        if critic_optimizer is generator_optimizer:
            raise Refused("Each network needs an optimizer of its own; the same object was given for both.")
        if kwargs.get("steps_per_execution", 1) != 1:
            raise Refused("steps_per_execution must stay 1: what is written after each step would be counted wrongly.")
        kwargs.setdefault("jit_compile", BACKEND == "jax" and not kwargs.get("run_eagerly"))
        super().compile(optimizer=critic_optimizer, **kwargs)
        self.generator_optimizer = generator_optimizer
        self.optimizer.build(self.critic.trainable_variables)
        generator_optimizer.build(self.generator.trainable_variables)
        # Keras tracks variables in lists, not those of a second optimizer, and JAX must know them all.
        self.generator_optimizer_variables.clear()  # those of an earlier compile()
        self.generator_optimizer_variables.extend(generator_optimizer.variables)
        forget_traces(self)  # of methods with @tf.function: they hold the optimizers of an earlier compile()
        self.compiled_step = CompiledStep(self.step)

    def train_step(self, *args: Any) -> Any:
        """Run one training step for `fit`, in the form the backend wants."""
        return run_step(self, self.step_on, *args)

    def step_on(self, data: Any) -> dict[str, Any]:
        """Take one step on a batch of `RealImages`: `step`, and all that belongs to it. Returns what `step` returns."""
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        real = as_inputs(images)
        if len(real.shape) < 2 or real.shape[1] not in (None, self.critic_steps):
            wanted = f"(batch, {self.critic_steps}, …), a batch for each critic update"
            raise Refused(f"A step takes real images of shape {wanted}, not of shape {tuple(real.shape)}.")
        logs = self._checked(self.compiled_step(real))
        if self.averaged is not None and self.ema_momentum is not None:
            move_average(self.averaged, self.generator, self.ema_momentum)
        self.steps_done.assign_add(1)
        return logs

    def check_step(self) -> None:
        """Raise a ValueError for a `step` that returns no scalars, before anything is computed, on TensorFlow."""
        if BACKEND == "tensorflow" and not self.run_eagerly:
            self._checked(self.compiled_step.outputs((None, self.critic_steps, *self.critic.input_shape[1:])))

    def _checked(self, logs: Any) -> dict[str, Any]:
        step = f"{type(self).__name__}.step"
        if not isinstance(logs, dict) or not logs:
            raise Refused(f'{step} must return a dictionary of what to log, {{"critic_loss": loss}}, not {logs!r}.')
        for name, value in logs.items():
            dtype = keras.backend.standardize_dtype(value.dtype) if hasattr(value, "dtype") else type(value).__name__
            if tuple(getattr(value, "shape", None) or ()) or not dtype.startswith(("float", "bfloat", "int", "uint")):
                raise Refused(f"{step} returns {name!r}, which is not one number (a mean, say): {value!r}.")
        return logs

    # ---- what a checkpoint holds

    def state(self) -> dict[str, np.ndarray]:
        """Return all that training changes: both networks, both optimizers, every random state, the step."""
        return {f"{i:04d} {v.name}": ops.convert_to_numpy(v) for i, v in enumerate(self._changing_variables())}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Set everything that `state` returned; a ValueError, and no change, where it is of another model."""
        # By place and shape, not by name: Keras counts layers through a session.
        variables, names = self._changing_variables(), sorted(state)
        shapes = [tuple(variable.shape) for variable in variables]
        if shapes != [state[name].shape for name in names]:
            odd = [name[5:] for name, shape in zip(names, shapes, strict=False) if state[name].shape != shape]
            what = f"its {len(names)} arrays are not the {len(shapes)} of this one and its optimizers"
            raise Refused(f"It is of another model: {what}; the first that differs is {odd[:1]}.")
        # All are converted before the first is set.
        values = [np.asarray(state[name], v.dtype) for name, v in zip(names, variables, strict=True)]
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def _changing_variables(self) -> list:
        everything = [*self.variables, *self.optimizer.variables, *self.generator_optimizer.variables]
        return list({id(v): v for v in everything}.values())


# ---- the GANs of the lessons


class GAN(AdversarialModel):
    """The original GAN (Goodfellow et al. 2014), with the non-saturating generator loss.

    The critic is the discriminator, and the number it returns a logit. The step of this class and of those that follow
    is written with `value_and_gradients`, for three backends.
    """

    @without_autograph
    def step(self, real: Any) -> dict[str, Any]:
        """Update the critic `critic_steps` times, each time on other real images, then the generator once."""
        update_critic = traced_once(self.update_critic)
        for i in range(self.critic_steps):
            batch = real[:, i]
            logs = update_critic(batch)
        return logs | self.update_generator(ops.shape(batch)[0], batch)

    def update_critic(self, real: Any) -> dict[str, Any]:
        """Update the critic once, on real images in [−1, 1] and as many generated ones."""
        fake = ops.stop_gradient(self.generator(self.draw_latent(ops.shape(real)[0]), training=True))

        def loss() -> tuple[Any, dict[str, Any]]:
            return self.critic_loss(real, fake)

        _, logs, gradients = value_and_gradients(loss, self.critic.trainable_variables, self.variables)
        self.critic_optimizer.apply(gradients, self.critic.trainable_variables)
        return logs

    def update_generator(self, batch_size: Any, real: Any = None) -> dict[str, Any]:
        """Update the generator once, against the critic as it now stands; `real`: the critic's last real images."""
        latent = self.draw_latent(batch_size)

        def loss() -> tuple[Any, dict[str, Any]]:
            value = self.loss_of_generated(self.generator(latent, training=True), real)
            return value, {"generator_loss": value}

        _, logs, gradients = value_and_gradients(loss, self.generator.trainable_variables, self.variables)
        self.generator_optimizer.apply(gradients, self.generator.trainable_variables)
        return logs

    def score(self, real: Any, fake: Any) -> tuple[Any, Any]:
        """Let the critic score real and generated images, in one pass unless that would mix the two."""
        if self.has_cross_sample_layers:
            return self.critic(real, training=True), self.critic(fake, training=True)
        both = ops.concatenate([losses.as_float32(real), losses.as_float32(fake)])
        real_scores, fake_scores = ops.split(self.critic(both, training=True), 2)
        return real_scores, fake_scores

    def loss_of_generated(self, fake: Any, real: Any = None) -> Any:
        """Return the loss that the generator minimises, from images it has made."""
        return self.generator_loss(self.critic(fake, training=True))

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the cross-entropy, and how often the discriminator is right."""
        real_logits, fake_logits = self.score(real, fake)
        loss = losses.gan_discriminator_loss(real_logits, fake_logits)
        return loss, {
            "discriminator_loss": loss,
            "real_accuracy": ops.mean(ops.cast(real_logits > 0, "float32")),
            "fake_accuracy": ops.mean(ops.cast(fake_logits < 0, "float32")),
        }

    def generator_loss(self, fake_scores: Any) -> Any:
        """Return the non-saturating loss."""
        return losses.gan_generator_loss(fake_scores)


class R1GAN(GAN):
    """A GAN whose discriminator is kept flat at real images (Mescheder et al. 2018, eq. 9).

    The discriminator must not mix the images of a batch, so it can have no BatchNormalization.

    Args:
        arguments: those of `AdversarialModel`, as are the options.
        gamma: γ, the factor of the penalty ½·E[‖∇D(x)‖²].
    """

    def __init__(self, *arguments: Any, gamma: float = 10.0, **options: Any) -> None:
        super().__init__(*arguments, **options)
        check_positive("gamma", gamma, 10)
        check_unmixed(self.has_cross_sample_layers)
        self.gamma = gamma

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the cross-entropy plus γ times the penalty, which is logged without γ."""
        loss, logs = super().critic_loss(real, fake)
        penalty = losses.zero_centred_penalty(self.critic, real)
        return loss + self.gamma * penalty, logs | {"r1_penalty": penalty}


class R3GAN(R1GAN):
    """A GAN that scores a generated image against a real one, flat at both (Huang et al. 2024).

    The loss is the relativistic pairing of Jolicoeur-Martineau (2018); the penalty is R1 and, at generated images, R2.
    `R1GAN` has the arguments; γ is the factor of both.
    """

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the pairs' loss plus γ times both penalties, and the share of pairs with the real image ahead."""
        real_logits, fake_logits = self.score(real, fake)
        loss = losses.relativistic_loss(real_logits, fake_logits)
        r1, r2 = (losses.zero_centred_penalty(self.critic, images) for images in (real, fake))
        return loss + self.gamma * (r1 + r2), {
            "discriminator_loss": loss,
            "pair_accuracy": ops.mean(ops.cast(real_logits > fake_logits, "float32")),
            "r1_penalty": r1,
            "r2_penalty": r2,
        }

    def loss_of_generated(self, fake: Any, real: Any = None) -> Any:
        """Return the pairs' loss with the generated image ahead."""
        real_logits, fake_logits = self.score(real, fake)
        return losses.relativistic_loss(fake_logits, real_logits)


class WGAN(GAN):
    """A Wasserstein GAN with weight clipping (Arjovsky et al. 2017, Algorithm 1).

    With BatchNormalization in the critic clipping bounds nothing (see `losses.clippable_weights`); a warning says so.

    Args:
        generator, critic, latent_dim, critic_steps: see `AdversarialModel`, as for the options.
        clip_value: every kernel and bias of the critic is clamped to [−clip_value, clip_value] after each
            update; None leaves them alone, and then nothing bounds the critic.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int = 5,
        clip_value: float | None = 0.01,
        **options: Any,
    ) -> None:
        super().__init__(generator, critic, latent_dim, critic_steps, **options)
        if clip_value is not None:
            check_positive("clip_value", clip_value, 0.01)
            if self.has_cross_sample_layers:
                what = "BatchNormalization in a clipped critic undoes the clipping by a scale that is not clipped"
                warnings.warn(f"{what}: build the critic without it.", stacklevel=2)
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

    The critic must not mix the images of a batch, so it can have no BatchNormalization.

    Args:
        generator, critic, latent_dim, critic_steps: see `AdversarialModel`, as for the options.
        penalty_weight: λ, the factor of the penalty.
        one_sided: punish only gradient norms above one.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int = 5,
        penalty_weight: float = 10.0,
        one_sided: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(generator, critic, latent_dim, critic_steps, clip_value=None, **options)
        check_positive("penalty_weight", penalty_weight, 10)
        check_unmixed(self.has_cross_sample_layers)
        self.penalty_weight = penalty_weight
        self.one_sided = one_sided

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the Wasserstein loss plus λ times the penalty; the two are logged separately."""
        loss, logs = super().critic_loss(real, fake)
        penalty = losses.gradient_penalty(self.critic, real, fake, self.seed_generator, self.one_sided)
        return loss + self.penalty_weight * penalty, logs | {"gradient_penalty": penalty}


# ---- the WGAN's optimizer


@keras.saving.register_keras_serializable("wgan_utils")
class PaperRMSprop(keras.optimizers.RMSprop):
    """RMSProp whose ε stands outside of the root: θ ← θ − α·g / (√v + ε) with v ← ρ·v + (1 − ρ)·g².

    Keras adds ε to v. Its default of 1e-7 is then 3e-4 beside √v, many times the gradients of a clipped critic.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable."""
        rate, gradient = (ops.cast(value, variable.dtype) for value in (learning_rate, gradient))
        velocity = self._velocities[self._get_variable_index(variable)]
        self.assign(velocity, self.rho * velocity + (1 - self.rho) * ops.square(gradient))
        self.assign_sub(variable, rate * gradient / (ops.sqrt(velocity) + self.epsilon))


def paper_rmsprop(rate: Any) -> PaperRMSprop:
    """Return RMSProp as the WGAN's authors use it, which is PyTorch's: ρ = 0.99, and ε = 1e-8 outside of the root.

    `rate` is the learning rate α, a number or a schedule; the paper's is 5e-5.
    """
    return PaperRMSprop(rate, rho=0.99, epsilon=1e-8)


# ---- networks that can be trained against each other


def check_networks(generator: keras.Model, critic: keras.Model, latent_dim: int) -> None:
    """Raise a ValueError that says what to change where they can't."""
    if generator.input_shape != (None, latent_dim):
        raise Refused(f"The generator takes inputs of shape {generator.input_shape}, and latent_dim is {latent_dim!r}.")
    if generator.output_shape != critic.input_shape:
        made, taken = generator.output_shape[1:], critic.input_shape[1:]
        raise Refused(f"The generator makes images of shape {made} and the critic takes {taken}; the two must agree.")
    if critic.output_shape != (None, 1):
        raise Refused(f"The critic must return one number per image, shape (None, 1), not {critic.output_shape}.")
    if any(layer.compute_dtype == "float16" for network in (generator, critic) for layer in network._flatten_layers()):
        raise Refused('float16 underflows in a gradient penalty; use "float32" or "mixed_bfloat16".')


def has_cross_sample_layers(critic: keras.Model) -> bool:
    """Return whether an image's score depends on the batch's others in training: by BatchNormalization, unless frozen.

    Told by the layers' type: a layer of your own that mixes images is not recognised.
    """
    layers = critic._flatten_layers()
    return any(isinstance(layer, keras.layers.BatchNormalization) and layer.trainable for layer in layers)


def check_unmixed(has_cross_sample_layers: bool) -> None:
    """Raise a ValueError for a penalty on the gradients of a critic that mixes the images of a batch."""
    if has_cross_sample_layers:
        what = "mixes the images of a batch, and the gradient penalty needs one gradient per image"
        raise Refused(f"BatchNormalization in the critic {what}; use LayerNormalization (Gulrajani et al. 2017).")


def frozen_copy(network: keras.Model, momentum: float) -> keras.Model:
    """Return a copy of a network that no optimizer trains, for `move_average`."""
    if not 0 < momentum < 1:
        raise Refused(f"ema_momentum must lie between 0 and 1, not {momentum!r}; 0.99 averages over 100 steps.")
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


def move_average(average: keras.Model, network: keras.Model, momentum: float) -> None:
    """Move the average's weights, BatchNorm statistics too, towards the network's: m·average + (1 − m)·network."""
    for old, new in zip(average.weights, network.weights, strict=True):
        old.assign(old + (1 - momentum) * (new - old))
