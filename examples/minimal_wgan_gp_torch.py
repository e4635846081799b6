"""A Wasserstein GAN with gradient penalty in one file, to be copied: PyTorch, NumPy, Pillow.

"Line 6" is that of Algorithm 1 in Gulrajani et al. 2017, "Improved Training of Wasserstein GANs" (arXiv:1704.00028).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

LATENT_DIM, BATCH_SIZE, CRITIC_STEPS, PENALTY_WEIGHT = 64, 64, 5, 10.0  # the last three: the paper's m, n_critic and λ


def build_critic(shape, filters=32):
    """Images to one unbounded score each. No BatchNorm: the penalty needs a gradient per image (section 4)."""
    channels, height, width = shape
    hidden = [nn.Conv2d(channels, filters, 4, 2, 1), nn.LeakyReLU(0.2)]
    hidden += [nn.Conv2d(filters, 2 * filters, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten()]
    return nn.Sequential(*hidden, nn.Linear(2 * filters * (height // 4) * (width // 4), 1))


def build_generator(shape, filters=32):
    """Latent vectors to images in [-1, 1]: a quarter of the height and width, doubled twice. BatchNorm is fine here."""
    channels, height, width = shape
    start = (2 * filters, height // 4, width // 4)
    stack = [nn.Linear(LATENT_DIM, int(np.prod(start))), nn.Unflatten(1, start)]
    for before, after in ((2 * filters, filters), (filters, channels)):
        stack += [nn.BatchNorm2d(before), nn.ReLU(), nn.ConvTranspose2d(before, after, 4, 2, 1)]
    return nn.Sequential(*stack, nn.Tanh())


def gradient_penalty(critic, real, fake, epsilon):
    """Return E[(‖∇D(x̂)‖ - 1)²], eq. 3 without λ. There is one ε an image: epsilon has the shape (batch, 1, 1, 1)."""
    between = (epsilon * real + (1 - epsilon) * fake).detach().requires_grad_()  # line 6
    scores = critic(between)
    (gradient,) = torch.autograd.grad(scores.sum(), between, create_graph=True)  # it will be differentiated again
    squares = (gradient**2).sum(dim=(1, 2, 3))  # over all axes but the batch
    return ((torch.sqrt(squares + 1e-12) - 1) ** 2).mean()  # the root alone has an infinite slope at 0


def critic_loss(critic, real, fake, epsilon):
    """Return the critic's loss (line 7), and the number to watch: the estimated distance, without the penalty."""
    estimate = critic(real).mean() - critic(fake).mean()
    return -estimate + PENALTY_WEIGHT * gradient_penalty(critic, real, fake, epsilon), estimate.detach()


def generator_loss(critic, fake):
    """Return -E[D(G(z))] (line 12)."""
    return -critic(fake).mean()


def take_step(generator, critic, generator_optimizer, critic_optimizer, images):
    """Take one step, for uint8 images of shape (batch, critic steps, channels, height, width)."""
    device, n = next(critic.parameters()).device, len(images)
    for t in range(images.shape[1]):  # line 2
        real = torch.as_tensor(images[:, t], device=device).float() / 127.5 - 1  # line 4: new real images each time,
        with torch.no_grad():
            fake = generator(torch.randn(n, LATENT_DIM, device=device))  # line 5: new generated ones
        loss, estimate = critic_loss(critic, real, fake, torch.rand(n, 1, 1, 1, device=device))  # line 4: ε
        critic_optimizer.zero_grad()  # also of what the generator's update left
        loss.backward()
        critic_optimizer.step()  # line 9
    loss = generator_loss(critic, generator(torch.randn(n, LATENT_DIM, device=device)))  # line 11: a new z
    generator_optimizer.zero_grad()
    loss.backward()
    generator_optimizer.step()  # line 12
    return estimate


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="uint8 .npy (n, height, width, channels), sides divisible by 4")
    parser.add_argument("--steps", type=int, default=3000, help="generator updates")
    parser.add_argument("--out", type=Path, default="samples", help="folder for the generator and grids of its images")
    parser.add_argument("--seed", type=int, default=0, help="of weights, batches and latent vectors")
    options = parser.parse_args()
    images = np.load(options.data, mmap_mode="r")
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] % 4 or images.shape[2] % 4:
        parser.error(f"--data: {images.dtype} of shape {images.shape} is not what --help asks for")
    images = images.transpose(0, 3, 1, 2)  # PyTorch wants the channels first
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    generator, critic = (build(images.shape[1:]).to(device) for build in (build_generator, build_critic))
    adams = [torch.optim.Adam(n.parameters(), 2e-4, (0.5, 0.9)) for n in (generator, critic)]  # paper: 1e-4, 0, .9
    rng, z = np.random.default_rng(options.seed), torch.randn(64, LATENT_DIM, device=device)  # the same for all grids
    for i in range(1, options.steps + 1):
        batch = images[rng.integers(len(images), size=(BATCH_SIZE, CRITIC_STEPS))]
        estimate = take_step(generator, critic, *adams, batch)
        if i % 100 == 0 or i == options.steps:
            print(f"step {i}: estimated distance {estimate:.3f}", flush=True)
            with torch.no_grad():
                samples = generator.eval()(z).cpu().numpy().transpose(0, 2, 3, 1)
            generator.train()
            grid = np.rint(127.5 * (np.hstack([np.vstack(column) for column in np.split(samples, 8)]) + 1))
            Image.fromarray(grid.astype("uint8").squeeze()).save(options.out / f"step_{i:05d}.png")
    torch.save(generator.state_dict(), options.out / "generator.pt")
