"""Penalties as users of TensorFlow write them: right ones, and ones with a bug."""

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


def with_difference(critic, real, fake):
    alpha = tf.random.uniform([real.shape[0], 1, 1, 1], 0.0, 1.0)
    difference = fake - real
    interpolated = real + alpha * difference
    with tf.GradientTape() as gp_tape:
        gp_tape.watch(interpolated)
        pred = critic(interpolated)
    grads = gp_tape.gradient(pred, [interpolated])[0]
    norm = tf.sqrt(tf.reduce_sum(tf.square(grads), axis=tf.range(1, tf.rank(grads))) + 1e-10)
    return tf.reduce_mean(tf.square(norm - 1.0))


def flattened(critic, real, fake):
    t = tf.random.uniform((len(real), 1))
    flat = t * tf.reshape(real, (len(real), -1)) + (1 - t) * tf.reshape(fake, (len(fake), -1))
    between = tf.reshape(flat, tf.shape(real))
    with tf.GradientTape() as tape:
        tape.watch(between)
        total = tf.reduce_sum(critic(between, training=True))
    gradient = tf.reshape(tape.gradient(total, between), (len(real), -1))
    return tf.reduce_mean(tf.math.squared_difference(tf.sqrt(tf.reduce_sum(gradient**2, 1) + 1e-12), 1.0))


def safe_norm(critic, real, fake):
    epsilon = np.random.uniform(size=(len(real), 1, 1, 1)).astype("float32")  # noqa: NPY002
    between = tf.Variable(epsilon * real + (1 - epsilon) * fake)
    with tf.GradientTape() as tape:
        scores = critic(between.value(), training=True)
    squares = tf.reduce_sum(tape.gradient(scores, between) ** 2, axis=(1, 2, 3))
    norm = tf.sqrt(tf.maximum(squares, 1e-12))
    return tf.reduce_mean(norm**2 - 2 * norm + 1)


def batch_jacobian_free(critic, real, fake):
    def one(pair):
        epsilon = tf.random.uniform(())
        between = (epsilon * pair[0] + (1 - epsilon) * pair[1])[None]
        with tf.GradientTape() as tape:
            tape.watch(between)
            score = critic(between, training=True)
        return (tf.sqrt(tf.reduce_sum(tape.gradient(score, between) ** 2) + 1e-12) - 1) ** 2

    return tf.reduce_mean(tf.stack([one(pair) for pair in zip(real, fake, strict=True)]))


def all_three_scored(critic, real, fake):
    critic(real, training=True), critic(fake, training=True)
    return short(critic, real, fake)


class Trainer:
    weight = 10.0

    def gradient_penalty(self, critic, real, fake):
        return self.weight * short(critic, real, fake)


def other_order(batch_size, real, fake, critic):
    assert len(real) == batch_size
    return short(critic, real, fake)


def unwatched(critic, real, fake):
    epsilon = tf.random.uniform((len(real), 1, 1, 1))
    between = epsilon * real + (1 - epsilon) * fake
    with tf.GradientTape() as tape:
        scores = critic(between, training=True)
    gradient = tape.gradient(scores, between)
    return tf.reduce_mean((tf.norm(tf.reshape(gradient, (len(real), -1)), axis=1) - 1) ** 2)


def another_tensor(critic, real, fake):
    epsilon = tf.random.uniform((len(real), 1, 1, 1))
    between = epsilon * real + (1 - epsilon) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = critic(epsilon * real + (1 - epsilon) * fake, training=True)
    return tf.reduce_mean((tf.norm(tape.gradient(scores, between), axis=-1) - 1) ** 2)


def inference(critic, real, fake):
    return short(lambda x, training: critic(x, training=False), real, fake)


def tf_norm(critic, real, fake):
    epsilon = tf.random.uniform((len(real), 1, 1, 1))
    between = epsilon * real + (1 - epsilon) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = critic(between, training=True)
    return tf.reduce_mean((tf.norm(tf.reshape(tape.gradient(scores, between), (len(real), -1)), axis=1) - 1) ** 2)


RIGHT = {
    "short": (short, {}),
    "compiled": (tf.function(short), {}),
    "with XLA": (tf.function(short, jit_compile=True), {}),
    "with the difference": (with_difference, {}),
    "flattened": (flattened, {}),
    "safe norm": (safe_norm, {}),
    "image by image": (batch_jacobian_free, {}),
    "scores all three": (all_three_scored, {}),
    "a method": (Trainer().gradient_penalty, {"weight": 10.0}),
    "another order": (other_order, {"call": lambda f, critic, real, fake: f(len(real), real, fake, critic)}),
}
WRONG = {
    "x̂ is not watched": (unwatched, {}, "unwatched"),
    "scores of another tensor": (another_tensor, {}, "unwatched"),
    "inference mode": (inference, {}, "mode"),
    "tf.norm": (tf_norm, {}, "root"),
}


def critic_of(*hidden, activation=None):
    critic = keras.Sequential(
        [keras.Input((4, 5, 3)), keras.layers.Conv2D(4, 3, strides=2), *hidden, keras.layers.LeakyReLU()]
    )
    critic.add(keras.layers.Flatten())
    critic.add(keras.layers.Dense(1, activation))
    return critic


CRITICS = {
    "plain": (critic_of(), []),
    "LayerNorm": (critic_of(keras.layers.LayerNormalization()), []),
    "BatchNorm": (critic_of(keras.layers.BatchNormalization()), ["cross_talk"]),
    "dropout": (critic_of(keras.layers.Dropout(0.3)), ["dropout"]),
    "sigmoid": (critic_of(activation="sigmoid"), ["bounded"]),
    "tanh": (critic_of(activation="tanh"), ["bounded"]),
}
