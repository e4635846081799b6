"""Penalties as users of JAX write them: right ones, and ones with a bug; and critics."""

import jax
import jax.numpy as jnp


def line(real, fake, key):
    t = jax.random.uniform(key, (len(real), 1, 1, 1))
    return t * real + (1 - t) * fake


def cost(g):
    return jnp.mean((jnp.sqrt(jnp.sum(g**2, axis=(1, 2, 3)) + 1e-12) - 1) ** 2)


def short(critic, real, fake, key, cost=cost):
    return cost(jax.grad(lambda x: critic(x).sum())(line(real, fake, key)))


def vmapped(critic, real, fake, key):
    return cost(jax.vmap(jax.grad(lambda x: critic(x[None])[0, 0]))(line(real, fake, key)))


def vmapped_whole(critic, real, fake, key):
    def one(x, y, key):
        t = jax.random.uniform(key)
        g = jax.grad(lambda x: critic(x).squeeze())(t * x + (1 - t) * y)
        return (jnp.sqrt(jnp.vdot(g, g) + 1e-12) - 1) ** 2

    return jax.vmap(one)(real, fake, jax.random.split(key, len(real))).mean()


def pulled_back(critic, real, fake, key):
    scores, pull = jax.vjp(critic, line(real, fake, key))
    return cost(pull(jnp.ones_like(scores))[0])


def with_params(params, apply, real, fake, key):
    return cost(jax.grad(lambda x: apply(params, x).sum())(line(real, fake, key)))


def safe_norm(g):
    squares = jnp.sum(g**2, axis=(1, 2, 3))
    return jnp.mean((jnp.where(squares > 0, jnp.sqrt(jnp.where(squares > 0, squares, 1)), 0) - 1) ** 2)


PARAMS = {"call": lambda f, critic, *images: f(critic.params, critic.apply, *images, critic.key())}
RIGHT = {
    "short": short,
    "compiled": jax.jit(short, static_argnums=0),
    "vmap of grad": vmapped,
    "vmap of all": vmapped_whole,
    "vjp": pulled_back,
    "parameters": (with_params, PARAMS),
    "safe norm": lambda *given: short(*given, cost=safe_norm),
    "weighted": (lambda *given: 10 * short(*given), {"weight": 10}),
}
WRONG = {
    "detached": (lambda params, *rest: with_params(jax.lax.stop_gradient(params), *rest), PARAMS),
}


def critic_of(hidden=lambda h: h, end=lambda s: s):
    kernel = jax.random.normal(jax.random.key(3), (60, 8))
    return lambda x: end(jax.nn.leaky_relu(hidden(x.reshape(-1, 60) @ kernel)).sum(axis=1, keepdims=True))


CRITICS = [
    (critic_of(lambda h: (h - h.mean(1, keepdims=True)) / h.std(1, keepdims=True)), []),
    (critic_of(lambda h: (h - h.mean(0)) / h.std(0)), ["cross_talk"]),
    (critic_of(end=jax.nn.sigmoid), ["bounded"]),
]
