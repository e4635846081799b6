"""What the page "Anomaly scores" measures on digits: sevens are normal, the nine other digits are not.

python -m scripts.web.anomaly
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

import wgan_utils as wu
from examples.what_breaks.toy import network
from scripts.web.measured import SEEDS, mean_and_range, store, table
from wgan_utils import labs
from wgan_utils.metrics.distances import nearest

ROUNDS, LATENT_DIM = 1500, 32
PER_DIGIT = 100  # anomalies of each other digit
GENERATED = 2000
SHARE = 0.95  # of normal images that the threshold lets pass

Scorer = Callable[[np.ndarray], np.ndarray]


def as_points(images: np.ndarray) -> np.ndarray:
    """Make points of MNIST's images, from −1 to 1: each 2×2 pixels become their mean, float32 (n, 196)."""
    blocks = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    return (blocks.reshape(-1, 14 * 14) / 127.5 - 1).astype("float32")


def auc(normal: np.ndarray, odd: np.ndarray) -> float:
    """Return how often an odd image has the larger score of the two: 1 is perfect, ½ is a coin."""
    return roc_auc_score(np.repeat([0, 1], [len(normal), len(odd)]), np.concatenate([normal, odd]))


def distance_to(known: np.ndarray) -> Scorer:
    """Make the score that is the distance to the nearest of some known points."""
    return lambda points: nearest(points, known)[1]


def reconstruction(train: np.ndarray, components: int = 32) -> Scorer:
    """Make the score that is what principal components of the training points leave over."""
    pca = PCA(components, svd_solver="full").fit(train)
    return lambda points: np.linalg.norm(points - pca.inverse_transform(pca.transform(points)), axis=1)


def trainer(train: np.ndarray) -> Callable[[int], dict[str, Scorer]]:
    """Make a small WGAN-GP of normal points; returns what trains it by a seed, and gives the scores made of it."""
    model = wu.WGANGP(network(LATENT_DIM, 14 * 14, 128), network(14 * 14, 1, 128), LATENT_DIM)
    model.compile(*(keras.optimizers.Adam(5e-4, beta_1=0.5, beta_2=0.9) for _ in range(2)))
    play = labs.train_on_points(model, train, 64, critic_updates=3)

    def trained(seed: int) -> dict[str, Scorer]:
        play.restart(seed)
        play(ROUNDS)
        made = ops.convert_to_numpy(model.generator(wu.latent_vectors(GENERATED, LATENT_DIM, 1_000_000)))
        return {
            "minus the critic's score": lambda points: -labs.scores(model.critic, points),
            f"distance to the nearest of {GENERATED:,} generated images": distance_to(made),
        }

    return trained


def scores() -> str:
    """Compare scores that need a GAN with two that need none."""
    images = wu.load_images("mnist", allow_standin=False)
    points, labels = as_points(images.test), images.test_labels
    train, held_out = as_points(images.train[images.train_labels == 7]), points[labels == 7]
    chosen, normal = held_out[::2], held_out[1::2]  # for the threshold; to be judged by
    odd = np.concatenate([points[labels == digit][:PER_DIGIT] for digit in range(10) if digit != 7])
    nines = slice(-PER_DIGIT, None)
    trained = trainer(train)
    found: dict[str, list[tuple[float, ...]]] = {}
    for seed in SEEDS:
        some = np.random.default_rng(seed).permutation(len(train))[:GENERATED]
        ways = trained(seed) | {
            f"distance to the nearest of {GENERATED:,} training images": distance_to(train[some]),
            "what 32 principal components leave over": reconstruction(train[some]),
        }
        for name, way in ways.items():
            threshold, of_normal, of_odd = np.quantile(way(chosen), SHARE), way(normal), way(odd)
            shares = [100 * float(np.mean(values > threshold)) for values in (of_normal, of_odd)]
            areas = [auc(of_normal, of_some) for of_some in (of_odd, of_odd[nines])]
            found.setdefault(name, []).append((*areas, *shares))
    rows = []
    for name, values in found.items():
        columns = [list(column) for column in zip(*values, strict=True)]
        rows.append(
            [name, *(mean_and_range(column, digits) for column, digits in zip(columns, (2, 2, 0, 0), strict=True))]
        )
    counts = f"{len(train):,} sevens for training, {len(chosen)} for the threshold and {len(normal)} to be judged; "
    counts += f"{len(odd)} other digits, {PER_DIGIT} of each. Mean and range of {len(SEEDS)} seeds."
    head = ["score", "AUC", "AUC, nines only", "false alarms, %", "found, %"]
    return f"{table(head, rows)}\n\n{counts}"


if __name__ == "__main__":
    store("anomaly", {"scores": scores})
