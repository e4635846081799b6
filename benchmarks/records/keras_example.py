"""The training step of the WGAN-GP example in Keras's documentation, in a form that a record can train."""

from typing import Any

import wgan_utils as wu  # isort: skip - before TensorFlow, which it configures
import keras


def example_way(
    generator: keras.Model, critic: keras.Model, latent_dim: int, critic_steps: int, lesson: str, **_: Any
) -> keras.Model:
    """Build `benchmarks.contest.with_keras.TwoTapes`; its random numbers follow from the seed that was set before."""
    from benchmarks.contest.entries import Column  # which needs TensorFlow, and other rows do not
    from benchmarks.contest.with_keras import TwoTapes

    class OnSteps(TwoTapes):
        """Takes the batches of a record's step, and of each the images of the first update."""

        final_generator = property(lambda self: self.generator)

        def train_step(self, data: Any) -> dict[str, Any]:
            """Update the critic some times, the generator once."""
            real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
            return super().train_step(wu.as_inputs(real[:, 0]))

    plain = map(keras.models.clone_model, (generator, critic))  # where ours compute some layers in a way of their own
    return OnSteps(Column(lesson, 0, 0, critic_steps), *plain)
