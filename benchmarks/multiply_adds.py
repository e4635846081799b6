"""What a training step cannot do without: its multiplications, counted from the layers' shapes."""

import keras
import numpy as np


def multiply_adds_a_step(
    generator: keras.Model,
    critic: keras.Model,
    batch_size: int,
    critic_steps: int,
    penalties: float = 0,
    generations: int | None = None,
) -> int:
    """Count the multiply-adds that one step needs: `critic_steps` updates of the critic and one of the generator.

    A layer's backward pass costs its forward pass twice: once for the weights, once for its input. What a step does not
    need is not counted: the gradient of the networks' inputs, and of the critic's weights while the generator learns.
    A penalty on the critic's gradient at a batch costs four forward passes: one to the scores, one back to the images,
    and two that differentiate the latter, for the weights and for what it was made from. Leaky rectifiers are linear
    around almost every input, so the scores' pass itself need not be differentiated for it.

    Args:
        generator, critic: the networks; their convolutions and dense layers count.
        batch_size: real images of a critic update, and as many generated ones.
        critic_steps: updates of the critic.
        penalties: batches at which a critic update penalises the gradient; 1/16 for one in every sixteenth update.
        generations: how often the generator makes a batch in a step; without, once for each update of either network.
    """
    of_generator, of_critic = layer_multiply_adds(generator), layer_multiply_adds(critic)
    once, score = sum(of_generator), sum(of_critic)
    made = (critic_steps + 1 if generations is None else generations) * once
    critic_update = 2 * (3 * score - of_critic[0]) + penalties * 4 * score
    generator_update = 2 * once - of_generator[0] + 2 * score
    return round(batch_size * (made + critic_steps * critic_update + generator_update))


def layer_multiply_adds(network: keras.Model) -> list[int]:
    """List the forward multiply-adds for one image of each convolution and dense layer."""
    counts = []
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):
            counts.append(int(np.prod(layer.input.shape[1:3]) * np.prod(layer.kernel.shape)))
        elif isinstance(layer, keras.layers.Conv2D):
            counts.append(int(np.prod(layer.output.shape[1:3]) * np.prod(layer.kernel.shape)))
        elif isinstance(layer, keras.layers.Dense):
            counts.append(int(np.prod(layer.kernel.shape)))
    return counts
