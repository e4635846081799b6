"""The networks of lessons 02 and 04 in PyTorch's layers.

The same layers with as many weights, and as many multiplications an image. The digits' critic differs by a pixel's
shift: an even size, halved by a kernel of 5, has padding 1 and 2 in Keras and 2 and 2 here.
"""

from torch import Tensor, nn

from benchmarks.contest.entries import Column


def networks(column: Column) -> tuple[nn.Module, nn.Module]:
    """Build a lesson's generator and critic."""
    if column.lesson == "sevens":
        return sevens_generator(column.width, column.latent_dim), sevens_critic(column.width)
    return digit_generator(column.width, column.latent_dim), digit_critic(column.width)


def sevens_critic(width: float, normalised: bool = True) -> nn.Module:
    """Build what `wu.networks.sevens_critic` is."""
    n = round(64 * width)
    hidden: list[nn.Module] = []
    for channels in (1, n):
        hidden += [nn.Conv2d(channels, n, 4, 2, 1), *([batch_norm(n)] if normalised else []), nn.LeakyReLU(0.2)]
    return nn.Sequential(*hidden, Permute(0, 2, 3, 1), nn.Flatten(), nn.Linear(7 * 7 * n, 1))


def sevens_generator(width: float, latent_dim: int) -> nn.Module:
    """Build what `wu.networks.sevens_generator` is."""
    n = round(128 * width)
    return nn.Sequential(
        *(nn.Linear(latent_dim, n * 7 * 7), nn.LeakyReLU(0.2), nn.Unflatten(1, (7, 7, n)), Permute(0, 3, 1, 2)),
        *(nn.ConvTranspose2d(n, n, 4, 2, 1), batch_norm(n), nn.LeakyReLU(0.2)),
        *(nn.ConvTranspose2d(n, n, 4, 2, 1), batch_norm(n), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(n, 1, 7, padding=3), nn.Tanh()),
    )


def digit_critic(width: float) -> nn.Module:
    """Build what `wu.networks.digit_critic` is."""
    a, b, c, d = (round(filters * width) for filters in (64, 128, 256, 512))
    return nn.Sequential(
        *(nn.ZeroPad2d(2), nn.Conv2d(1, a, 5, 2, 2), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(a, b, 5, 2, 2), nn.LeakyReLU(0.2), nn.Dropout(0.3)),
        *(nn.Conv2d(b, c, 5, 2, 2), nn.LeakyReLU(0.2), nn.Dropout(0.3)),
        *(nn.Conv2d(c, d, 5, 2, 2), nn.LeakyReLU(0.2)),
        *(nn.Flatten(), nn.Dropout(0.2), nn.Linear(2 * 2 * d, 1)),
    )


def digit_generator(width: float, latent_dim: int) -> nn.Module:
    """Build what `wu.networks.digit_generator` is."""
    a, b, c = (round(filters * width) for filters in (256, 128, 64))
    n = 4 * 4 * a
    return nn.Sequential(
        *(nn.Linear(latent_dim, n, bias=False), nn.BatchNorm1d(n, 1e-3, 0.01), nn.LeakyReLU(0.2)),
        *(nn.Unflatten(1, (a, 4, 4)), nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1, bias=False)),
        *(batch_norm(b), nn.LeakyReLU(0.2)),
        *(nn.Upsample(scale_factor=2), nn.Conv2d(b, c, 3, padding=1, bias=False), batch_norm(c), nn.LeakyReLU(0.2)),
        *(nn.Upsample(scale_factor=2), nn.Conv2d(c, 1, 3, padding=1, bias=False), batch_norm(1)),
        *(nn.Tanh(), nn.ZeroPad2d(-2)),
    )


def batch_norm(channels: int) -> nn.Module:
    """Build a BatchNorm layer with Keras's epsilon and momentum."""
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Permute(nn.Module):
    """Brings axes into another order. Sevens' flat values are in Keras's, so that weights can be copied."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, values: Tensor) -> Tensor:
        """Return a view."""
        return values.permute(self.order)
