"""The GANs of the lessons: what critic and generator minimise. `TwoPlayers` has the step that they share.

Compare `TwoPlayers.step_on` and the losses here with Algorithm 1 of either Wasserstein paper.
"""

from typing import Any

import keras
from keras import ops

from wgan_utils.gan import losses
from wgan_utils.gan.checks import check_positive, check_unmixed
from wgan_utils.gan.players import SETTINGS, TwoPlayers

__all__ = ["GAN", "R1GAN", "R3GAN", "SETTINGS", "WGAN", "WGANGP"]


class GAN(TwoPlayers):
    """The original GAN (Goodfellow et al. 2014), with the non-saturating generator loss.

    The critic is the discriminator, and the number it returns a logit. `TwoPlayers` has the arguments.
    """

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

    Args:
        generator: see `TwoPlayers`.
        critic: the discriminator; must not mix the images of a batch, so no BatchNormalization.
        latent_dim: see `TwoPlayers`.
        critic_steps: see `TwoPlayers`.
        gamma: γ, the factor of the penalty ½·E[‖∇D(x)‖²].
        options: `seed` and `ema_momentum` of `TwoPlayers`.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        latent_dim: int,
        critic_steps: int = 1,
        gamma: float = 10.0,
        **options: Any,
    ) -> None:
        super().__init__(generator, critic, latent_dim, critic_steps, **options)
        check_positive("gamma", gamma, 10)
        check_unmixed(self.mixes_images)
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

    def update_generator_beside(self, real: Any) -> dict[str, Any]:
        """Update the generator once, with the critic's last real images for partners."""
        return self.update_generator(ops.shape(real)[0], real)

    def loss_of_generated(self, fake: Any, real: Any = None) -> Any:
        """Return the pairs' loss with the generated image ahead."""
        if real is None:
            raise TypeError("R3GAN scores generated images against real ones: call update_generator_beside(real).")
        real_logits, fake_logits = self.score(real, fake)
        return losses.relativistic_loss(fake_logits, real_logits)


class WGAN(GAN):
    """A Wasserstein GAN with weight clipping (Arjovsky et al. 2017, Algorithm 1).

    Args:
        generator: see `TwoPlayers`.
        critic: see `TwoPlayers`; its output is a score without bounds.
        latent_dim: see `TwoPlayers`.
        critic_steps: see `TwoPlayers`.
        clip_value: every kernel and bias of the critic is clamped to [−clip_value, clip_value] after each
            update; None leaves them alone, and then nothing bounds the critic.
        options: `seed` and `ema_momentum` of `TwoPlayers`.
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
        generator: see `TwoPlayers`.
        critic: see `WGAN`; must not mix the images of a batch, so no BatchNormalization.
        latent_dim: see `TwoPlayers`.
        critic_steps: see `TwoPlayers`.
        penalty_weight: λ, the factor of the penalty.
        one_sided: punish only gradient norms above one.
        options: `seed` and `ema_momentum` of `TwoPlayers`.
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
        check_unmixed(self.mixes_images)
        self.penalty_weight = penalty_weight
        self.one_sided = one_sided

    def critic_loss(self, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """Return the Wasserstein loss plus λ times the penalty; the two are logged separately."""
        loss, logs = super().critic_loss(real, fake)
        penalty = losses.gradient_penalty(self.critic, real, fake, self.seed_generator, self.one_sided)
        return loss + self.penalty_weight * penalty, logs | {"gradient_penalty": penalty}
