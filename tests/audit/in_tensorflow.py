"""Penalties as users of TensorFlow write them: right ones, and ones with a bug; and critics."""

import keras
import numpy as np
import tensorflow as tf


def short(critic, real, fake):
    epsilon = tf.random.uniform([tf.shape(real)[0], 1, 1, 1])
    between = epsilon * real + (1 - epsilon) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = critic(between, training=True)
    gradient = tape.gradient(scores, between)
    return tf.reduce_mean((tf.sqrt(tf.reduce_sum(gradient**2, axis=[1, 2, 3]) + 1e-12) - 1.0) ** 2)


def image_by_image(critic, real, fake):
    costs = []
    for one, other in zip(real, fake, strict=True):
        epsilon = np.random.uniform()  # noqa: NPY002
        between = tf.Variable((epsilon * one + (1 - epsilon) * other)[None])
        with tf.GradientTape() as tape:
            score = critic(between.value(), training=True)
        costs.append((tf.sqrt(tf.reduce_sum(tape.gradient(score, between) ** 2) + 1e-12) - 1) ** 2)
    return tf.reduce_mean(tf.stack(costs))


def all_three_scored(critic, real, fake):
    critic(real, training=True), critic(fake, training=True)
    return short(critic, real, fake)


class Trainer:
    weight = 10.0

    def gradient_penalty(self, batch_size, real, fake, critic):
        assert len(real) == batch_size
        return self.weight * short(critic, real, fake)


METHOD = {"weight": 10.0, "call": lambda f, critic, real, fake: f(len(real), real, fake, critic)}
RIGHT = {
    "short": short,
    "compiled": tf.function(short),
    "with XLA": tf.function(short, jit_compile=True),
    "image by image": image_by_image,
    "scores all three": all_three_scored,
    "a method": (Trainer().gradient_penalty, METHOD),
}
WRONG = {"mode": lambda critic, *images: short(lambda x, training: critic(x, training=False), *images)}


def critic_of(*hidden, activation=None):
    stack = [keras.Input((4, 5, 3)), keras.layers.Conv2D(4, 3), *hidden, keras.layers.LeakyReLU()]
    critic = keras.Sequential([*stack, keras.layers.Flatten(), keras.layers.Dense(1, activation)])
    return lambda x: critic(x, training=True)


CRITICS = [
    (critic_of(keras.layers.LayerNormalization()), []),
    (critic_of(keras.layers.BatchNormalization()), ["cross_talk"]),
    (critic_of(keras.layers.Dropout(0.3)), ["dropout"]),
    (critic_of(activation="sigmoid"), ["bounded"]),
]
