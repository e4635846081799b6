"""Checks of the labs' exercises: `critics_1` is that of exercise 1 in the lab *critics*."""

from collections.abc import Sequence

import numpy as np
from keras import ops

from wgan_utils.exercises.answers import Answer, compare, given, loss, require, scalar, several
from wgan_utils.metrics.distances import transport_plan


def checkerboard_1(sums: Answer) -> str:
    """What a transposed convolution makes of a constant input: kernels that the stride divides, or does not."""
    rng = np.random.default_rng(0)
    for length, stride in ((5, 2), (4, 2), (7, 3)):
        kernel = rng.normal(size=length)
        found = np.asarray(given(sums(kernel.copy(), stride)), dtype=float)
        require(found.shape == (stride,), f"There are {stride} kinds of pixels with stride {stride}: return as many.")
        right = [kernel[r::stride].sum() for r in range(stride)]
        mistakes = {
            "Add the weights of a kind; you took their mean.": [kernel[r::stride].mean() for r in range(stride)],
            "You count the products: with other weights than ones, add the weights.": [
                len(kernel[r::stride]) for r in range(stride)
            ],
            "A kind uses weights that lie `stride` apart, not ones that lie side by side.": [
                part.sum() for part in np.array_split(kernel, stride)
            ],
            "The kinds are in another order: that of number r begins with weight number r.": right[::-1],
            "You take the first weight of each kind alone.": kernel[:stride],
        }
        compare(found, right, mistakes, f"Of {kernel.round(2)} and stride {stride} your sums are {found.round(2)}.")
    return "Right: each kind of pixel has the sum of its own weights."


def _scores(kernels: Sequence[np.ndarray], points: np.ndarray) -> np.ndarray:
    for kernel in kernels[:-1]:
        points = np.maximum(points @ kernel, 0)
    return (points @ kernels[-1]).ravel()


def clipping_1(within_bound: Answer) -> str:
    """A critic's shape within any bound: three kernels, one of them small from the start."""
    rng, c = np.random.default_rng(0), 0.01
    kernels = [size * rng.normal(size=shape) for size, shape in ((1, (2, 5)), (1e-3, (5, 4)), (1, (4, 1)))]
    small = [np.asarray(kernel) for kernel in given(within_bound([kernel.copy() for kernel in kernels], c))]
    require(
        [kernel.shape for kernel in small] == [kernel.shape for kernel in kernels],
        "Return one kernel for each that you get, of the same shape.",
    )
    require(max(np.abs(kernel).max() for kernel in small) < 1.001 * c, "A weight is still beyond the bound.")
    clipped = all(np.allclose(one, np.clip(kernel, -c, c)) for one, kernel in zip(small, kernels, strict=True))
    require(not clipped, "You clipped the kernels, which changes the shape: multiply each by one number.")
    points = rng.normal(size=(50, 2))
    before, after = (_scores(some, points) for some in (kernels, small))
    require(np.abs(after).max() > 0, "All scores have become 0.")
    before, after = (scores / np.abs(scores).max() for scores in (before, after))
    require(not np.allclose(after, -before, atol=1e-4), "The scores have changed their sign: multiply by c / largest.")
    require(np.allclose(after, before, atol=1e-4), "The shape has changed: all of a kernel needs the same factor > 0.")
    return "Right: no weight is beyond the bound, and the shape is the same."


def collapse_1(hinge: Answer) -> str:
    """A game with the hinge loss: points of the plane tell wrong answers apart."""
    for theta, psi in ((1.0, 0.5), (-0.5, 1.0), (2.0, -1.0), (2.0, 1.5), (-0.5, -1.5), (-3.0, 0.5)):
        first, second = several(hinge(theta, psi), 2, scalar)
        change = -theta if 1 + psi * theta > 0 else 0.0
        swapped = np.allclose((second, first), (psi, change))
        require(not swapped, "Your two changes are swapped: the generator's comes first.")
        require(np.isclose(first, psi), "The generator descends −f(θ), so its change is ψ.")
        require(change or second == 0, "Where f(θ) < −1, the hinge loss is flat, and the discriminator does not move.")
        mistakes = {
            "The sign of the discriminator's change is turned: it descends its loss.": -change,
            "Where f(θ) > −1, the discriminator moves.": 0,
            "The derivative of 1 + ψθ with respect to ψ is θ, not 1.": -1,
        }
        compare(second, change, mistakes, "Where f(θ) > −1, the discriminator's change is −θ.")
    return "Right: near (0, 0) this is the Wasserstein game without a bound."


def critics_1(one_sided_penalty: Answer) -> str:
    """The one-sided penalty: gradient norms whose excess over 1 is −1, −0.5, 0.5, 2 and 3."""
    norms = ops.convert_to_tensor([0.0, 0.5, 1.5, 3.0, 4.0])
    right = (0.25 + 4 + 9) / 5
    mistakes = {
        "This is the two-sided penalty: a norm below 1 costs nothing.": (1 + 0.25 + 0.25 + 4 + 9) / 5,
        "You punish norms below 1: take what lies above.": (1 + 0.25) / 5,
        "Square the excess of each norm.": 5.5 / 5,
        "Square first, then take the mean.": (5.5 / 5) ** 2,
        "Take the mean over all norms, those below 1 included.": (0.25 + 4 + 9) / 3,
        "Take the mean, not the sum.": 0.25 + 4 + 9,
        "Subtract 1 before you square: (norm − 1)².": (1.25 + 8 + 15) / 5,
    }
    penalty = loss(one_sided_penalty(norms))
    compare(penalty, right, mistakes, f"Your penalty is {penalty:.4f}, not the mean of max(0, norm − 1)².")
    return "Right: what lies above 1 is squared, and what lies below costs nothing."


def distances_1(sinkhorn: Answer) -> str:
    """Sinkhorn's plan: a plan's sums must be right, and its cost near that of the cheapest plan."""
    rng = np.random.default_rng(0)
    x, y, a, b = *rng.normal(size=(2, 6, 2)), *rng.dirichlet(np.ones(6), 2)
    cost, exact = np.linalg.norm(x[:, None] - y, axis=2), transport_plan(x, y, a, b)[1]
    plans = []
    for temperature in (1, 0.1, 0.02):
        plan = np.asarray(given(sinkhorn(cost, a, b, temperature)), "float64")
        require(plan.shape == cost.shape, f"Return the plan, of the shape {cost.shape}, not {plan.shape}.")
        require(not np.allclose(plan.sum(axis=1), b, atol=1e-3), "a and b are swapped: rows sum to a.")
        require(np.allclose(plan.sum(axis=1), a, atol=1e-3), "The row sums are not a.")
        require(np.allclose(plan.sum(axis=0), b, atol=1e-3), "The column sums are not b.")
        plans.append(plan)
    costs, temperature = [np.sum(plan * cost) for plan in plans], 0.1  # at the last one float32 holds zeros
    # Of a plan u[:, None] * kernel * v this depends on the kernel alone.
    odds, bend = (x[0, 0] + x[1, 1] - x[0, 1] - x[1, 0] for x in (np.log(plans[1]), cost))
    mistakes = {
        "The cost does not fall with the temperature: is the temperature in the kernel?": -bend,
        "The cost does not fall with the temperature: is the kernel used?": 0,
        "The kernel falls with the cost: exp(−cost / temperature).": bend / temperature,
        "The cost is divided by the temperature, not multiplied.": -bend * temperature,
    }
    otherwise = "Your plan is not the cheapest one: the kernel is exp(−cost / temperature)."
    compare(odds, -bend / temperature, mistakes, otherwise)
    require(abs(costs[2] - exact) < 0.02, "At a low temperature your plan is not the cheapest.")
    return "Right: costs {:.3f}, {:.3f}, {:.3f}; ".format(*costs) + f"exact {exact:.3f}"


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a[:, None] - b[None], axis=2)


def metrics_1(precision: Answer) -> str:
    """Precision by hand: two clouds in the plane, one with a far point, whose ball is large; and two values of k."""
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(40, 2)), 1.5 * rng.normal(size=(30, 2)) + 1
    real = np.concatenate([real, [[5, 4]]])
    radii, own = (np.sort(_distances(points, points), axis=1) for points in (real, generated))
    across = _distances(generated, real)
    for k in (3, 10):
        inside, around = across <= radii[:, k], across <= own[:, [k]]
        right = inside.any(axis=1).mean()
        smaller, fixed = ((across <= radii[:, other]).any(axis=1).mean() for other in (k - 1, 3))
        nearest = across.argmin(axis=1)[:, None]
        counted = "a generated point counts once, in however many balls it lies."
        mistakes = {
            "Each ball is one neighbour too small: a point is not its own neighbour.": smaller,
            "You look into the nearest real point's ball alone.": np.take_along_axis(inside, nearest, 1).mean(),
            "This is recall: the balls belong around the real points.": around.any(axis=0).mean(),
            "The radii are those of the generated points: they belong to the real ones.": around.any(axis=1).mean(),
            "You count the real points with a generated one in their ball.": inside.any(axis=0).mean(),
            f"You count all pairs: {counted}": inside.mean(),
            f"This is density: {counted}": inside.sum(axis=1).mean() / k,
            "You return a number of points: divide it by how many generated ones there are.": len(generated) * right,
            "This is the share outside all balls.": 1 - right,
            "The balls do not depend on k: they reach to the k-th nearest other real point.": fixed,
        }
        otherwise = "This is not the share of generated points that lie in the ball of at least one real point."
        compare(scalar(precision(real.copy(), generated.copy(), k)), right, mistakes, otherwise)
    return "Right: a generated point counts if it lies in the ball of any real one."


def vae_1(divergence: Answer) -> str:
    """The divergence from the standard normal distribution: three images and three latent numbers, then itself."""
    mean = np.array([[1.0, -2.0, 0.0], [0.5, 0.0, 1.0], [0.0, 1.5, -1.0]], "float32")
    log_variance = np.array([[0.0, 1.0, -1.0], [0.5, -2.0, 0.0], [1.0, 0.0, 0.5]], "float32")
    variance = np.exp(log_variance)
    terms = mean**2 + variance - 1 - log_variance
    per_image = 0.5 * terms.sum(axis=1)
    mistakes = {
        "The factor ½ is missing.": 2 * per_image.mean(),
        "The sign is wrong: a divergence is never below 0.": -per_image.mean(),
        "Sum over the latent numbers; you took their mean.": 0.5 * terms.mean(),
        "Take the mean over the images; you added them.": per_image.sum(),
        "The variance is exp(log_variance), not its exponent.": np.mean(
            0.5 * np.sum(mean**2 + log_variance - 1 - log_variance, axis=1)
        ),
        "You took log_variance for the logarithm of the standard deviation.": np.mean(
            0.5 * np.sum(mean**2 + variance**2 - 1 - 2 * log_variance, axis=1)
        ),
        "The mean has to be squared.": np.mean(0.5 * np.sum(mean + variance - 1 - log_variance, axis=1)),
        "The − 1 is missing.": np.mean(0.5 * np.sum(terms + 1, axis=1)),
    }
    tensors = ops.convert_to_tensor(mean), ops.convert_to_tensor(log_variance)
    found = loss(divergence(*tensors))
    compare(found, per_image.mean(), mistakes, f"Your divergence is {found:.4f}, not {per_image.mean():.4f}.")
    zeros = ops.zeros((2, 3))
    compare(loss(divergence(zeros, zeros)), 0.0, {}, "Of a standard normal distribution it must be 0.")
    return "Right: it is 0 for the standard normal distribution, and larger for all others."
