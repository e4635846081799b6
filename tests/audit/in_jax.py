"""Penalties as users of JAX write them: right ones, and ones with a bug."""

import jax
import jax.numpy as jnp


def line(real, fake, key):
    t = jax.random.uniform(key, (len(real), 1, 1, 1))
    return t * real + (1 - t) * fake


def cost(g):
    return jnp.mean((jnp.sqrt(jnp.sum(g**2, axis=(1, 2, 3)) + 1e-12) - 1) ** 2)


def short(critic, real, fake, key):
    return cost(jax.grad(lambda x: critic(x).sum())(line(real, fake, key)))


def vmapped(critic, real, fake, key):
    return cost(jax.vmap(jax.grad(lambda x: critic(x[None])[0, 0]))(line(real, fake, key)))


def vmapped_whole(critic, real, fake, key):
    def one(x, y, key):
        t = jax.random.uniform(key)
        g = jax.grad(lambda x: critic(x).squeeze())(t * x + (1 - t) * y)
        return (jnp.sqrt(jnp.vdot(g, g) + 1e-12) - 1) ** 2

    return jax.vmap(one)(real, fake, jax.random.split(key, len(real))).mean()


def scalar_scores(critic, real, fake, key):  # for a critic whose scores have the shape (n,)
    return cost(jax.vmap(jax.grad(lambda x: critic(x[None])[0]))(line(real, fake, key)))


def pulled_back(critic, real, fake, key):
    scores, pull = jax.vjp(critic, line(real, fake, key))
    return cost(pull(jnp.ones_like(scores))[0])


def with_params(params, apply, real, fake, key):
    return cost(jax.grad(lambda x: apply(params, x).sum())(line(real, fake, key)))


def params_alone(function, critic, real, fake):
    return function(critic.params, critic.apply, real, fake, critic.key())


def safe_norm(critic, real, fake, rng):
    g = jax.grad(lambda x: critic(x).sum())(line(real, fake, rng)).reshape(len(real), -1)
    squares = jnp.sum(g**2, axis=1)
    norm = jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), 0)
    return jnp.mean((norm - 1) ** 2)


def weighted(critic, real, fake, key, weight=10.0):
    return weight * short(critic, real, fake, key)


def value_and_grad(critic, real, fake, key):
    _, g = jax.value_and_grad(lambda x: jnp.sum(critic(x)))(line(real, fake, key))
    return cost(g)


def fixed_key(critic, real, fake):
    return short(critic, real, fake, jax.random.key(0))


def linalg_norm(critic, real, fake, key):
    g = jax.grad(lambda x: critic(x).sum())(line(real, fake, key))
    return jnp.mean((jnp.linalg.norm(g.reshape(len(g), -1), axis=1) - 1) ** 2)


def params_stopped(params, apply, real, fake, key):
    return with_params(jax.lax.stop_gradient(params), apply, real, fake, key)


def key_for_each_pixel(critic, real, fake, key):
    t = jax.random.uniform(key, real.shape)
    return cost(jax.grad(lambda x: critic(x).sum())(t * real + (1 - t) * fake))


def key_without_batch(critic, real, fake, key):
    t = jax.random.uniform(key)
    return cost(jax.grad(lambda x: critic(x).sum())(t * real + (1 - t) * fake))


def mean_vmapped(critic, real, fake, key):
    g = jax.vmap(jax.grad(lambda x: critic(x[None])[0, 0]))(line(real, fake, key))
    return (jnp.mean(jnp.sqrt(jnp.sum(g**2, axis=(1, 2, 3)) + 1e-12)) - 1) ** 2


RIGHT = {
    "short": (short, {}),
    "compiled": (jax.jit(short, static_argnums=0), {}),
    "vmap of grad": (vmapped, {}),
    "vmap of all": (vmapped_whole, {}),
    "scores (n,)": (scalar_scores, {}),
    "vjp": (pulled_back, {}),
    "parameters": (with_params, {"call": params_alone}),
    "safe norm": (safe_norm, {}),
    "weighted": (weighted, {"weight": 10}),
    "value and gradient": (value_and_grad, {}),
}
WRONG = {
    "one key": (fixed_key, {}, "epsilon_repeats"),
    "linalg.norm": (linalg_norm, {}, "root"),
    "parameters stopped": (params_stopped, {"call": params_alone}, "detached"),
    "ε per pixel, by shape": (key_for_each_pixel, {}, "epsilon_per_pixel"),
    "ε shared, by shape": (key_without_batch, {}, "epsilon_shared"),
    "square after the mean, by vmap": (mean_vmapped, {}, "mean_first"),
}


def critic_of(hidden=lambda h: h, end=lambda s: s):
    kernel = jax.random.normal(jax.random.key(3), (60, 8))
    return lambda x: end(jax.nn.leaky_relu(hidden(x.reshape(-1, 60) @ kernel)).sum(axis=1, keepdims=True))


CRITICS = {
    "plain": (critic_of(), []),
    "LayerNorm": (critic_of(lambda h: (h - h.mean(1, keepdims=True)) / h.std(1, keepdims=True)), []),
    "BatchNorm": (critic_of(lambda h: (h - h.mean(0)) / h.std(0)), ["cross_talk"]),
}
