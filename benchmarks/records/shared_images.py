"""A training step in which the generator makes images only once."""

from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures


class SharedImages(wu.GAN):
    """A GAN that generates once in a step: every update of the critic, and the generator's, take the same images."""

    def step(self, real: Any) -> dict[str, Any]:
        """Generate, update the critic `critic_steps` times, and let the generator learn from the same images."""
        import tensorflow as tf  # other rows run without it

        with tf.GradientTape() as making:
            fake = self.generator(self.draw_latent(len(real)), training=True)
        for i in range(self.critic_steps):
            with tf.GradientTape() as tape:
                loss, logs = self.critic_loss(real[:, i], tf.stop_gradient(fake))
            weights = self.critic.trainable_variables
            self.critic_optimizer.apply(tape.gradient(loss, weights), weights)
            self.limit_critic()
        with tf.GradientTape() as tape:
            tape.watch(fake)
            loss = self.loss_of_generated(fake)
        weights = self.generator.trainable_variables
        gradients = making.gradient(fake, weights, output_gradients=tape.gradient(loss, fake))
        self.generator_optimizer.apply(gradients, weights)
        return logs | {"generator_loss": loss}

    def limit_critic(self) -> None:
        """Called after each update of the critic; a subclass may clip its weights here."""
        return  # AutoGraph needs a line beside the docstring
