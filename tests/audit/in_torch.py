"""Penalties as users of PyTorch write them: right ones, and ones with a bug."""

import torch
from torch import autograd, nn


def between(real, fake):
    alpha = torch.rand(real.size(0), 1, 1, 1, device=real.device)
    return (alpha * real + (1 - alpha) * fake).requires_grad_(True)


def short(critic, real, fake):
    x = between(real, fake)
    scores = critic(x)
    (g,) = autograd.grad(scores.sum(), x, create_graph=True)
    return ((g.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


def with_ones(critic, real, fake):
    alpha = torch.rand(real.size(0), 1).expand(real.size(0), real.nelement() // real.size(0))
    alpha = alpha.contiguous().view(real.size())
    interpolates = autograd.Variable((alpha * real + ((1 - alpha) * fake)).detach(), requires_grad=True)
    scores = critic(interpolates)
    gradients = autograd.grad(
        outputs=scores,
        inputs=interpolates,
        grad_outputs=torch.ones(scores.size()),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    return ((gradients.view(gradients.size(0), -1).norm(2, dim=1) - 1) ** 2).mean()


def ones_of_n(critic, real, fake):  # for a critic whose scores have the shape (n,)
    x = between(real, fake)
    g = autograd.grad(critic(x), x, grad_outputs=torch.ones(len(x)), create_graph=True)[0]
    return torch.mean((torch.sqrt(torch.sum(g.reshape(len(g), -1) ** 2, dim=1) + 1e-12) - 1) ** 2)


def linalg(critic, real, fake):
    x = torch.lerp(fake.detach(), real.detach(), torch.rand(len(real), 1, 1, 1)).requires_grad_()
    g = autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    return torch.linalg.vector_norm(g, dim=(1, 2, 3)).sub(1).square().mean()


def image_by_image(critic, real, fake):
    costs = []
    for one, other in zip(real, fake, strict=True):
        t = torch.rand(())
        x = (t * one + (1 - t) * other)[None].requires_grad_()
        costs.append((autograd.grad(critic(x).sum(), x, create_graph=True)[0].norm() - 1) ** 2)
    return torch.stack(costs).mean()


def functional(critic, real, fake):
    x = between(real, fake).detach()
    g = torch.func.grad(lambda x: critic(x).sum())(x)
    return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()


def all_in_one_pass(critic, real, fake):
    x = between(real, fake)
    scores = critic(torch.cat([real, fake, x]))[2 * len(x) :]
    g = autograd.grad(scores.sum(), x, create_graph=True)[0]
    return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()


class Penalty(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def forward(self, critic, real, fake):
        return self.weight * short(critic, real, fake)


def other_order(critic, real, fake, device, lambda_gp):
    return lambda_gp * with_ones(critic, real.to(device), fake.to(device))


def one_sided(critic, real, fake):
    x = between(real, fake)
    g = autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    return torch.relu(g.flatten(1).norm(dim=1) - 1).pow(2).mean()


def with_graph(**options):
    def gradient_penalty(critic, real, fake):
        x = between(real, fake)
        g = autograd.grad(critic(x).sum(), x, **options)[0]
        return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()

    return gradient_penalty


def no_requires_grad(critic, real, fake):
    x = between(real, fake).detach()
    g = autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()


def another_tensor(critic, real, fake):
    x = between(real, fake)
    g = autograd.grad(critic(x.detach().clone()).sum(), x, create_graph=True)[0]
    return ((g.flatten(1).norm(dim=1) - 1) ** 2).mean()


def over_dim_1(critic, real, fake):
    x = between(real, fake)
    g = autograd.grad(critic(x).sum(), x, create_graph=True)[0]
    return ((g.norm(2, dim=1) - 1) ** 2).mean()


def backward(critic, real, fake):
    x = between(real, fake)
    x.retain_grad()
    critic(x).sum().backward(create_graph=True)
    return ((x.grad.flatten(1).norm(dim=1) - 1) ** 2).mean()


def in_eval(critic, real, fake):
    critic.eval()
    return short(critic, real, fake)


def in_eval_for_a_while(critic, real, fake):
    critic.eval()
    paid = short(critic, real, fake)
    critic.train()
    return paid


kept = []


def remembers(critic, real, fake):
    kept.append(short(critic, real, fake))
    return kept[-1]


def overwrites(critic, real, fake):
    alpha = torch.rand(len(real), 1, 1, 1)
    return short(critic, real.mul_(alpha).add_((1 - alpha) * fake), real)


def item(critic, real, fake):
    return torch.tensor(short(critic, real, fake).item())


RIGHT = {
    "short": (short, {}),
    "with ones": (with_ones, {}),
    "scores (n,)": (ones_of_n, {}),
    "linalg": (linalg, {}),
    "image by image": (image_by_image, {}),
    "torch.func": (functional, {}),
    "one pass": (all_in_one_pass, {}),
    "a module": (Penalty(10), {"weight": 10}),
    "another order": (other_order, {"call": lambda f, *three: f(*three, "cpu", 10.0), "weight": 10}),
    "one-sided": (one_sided, {"one_sided": True}),
}
WRONG = {
    "no create_graph": (with_graph(), {}, "detached"),
    "retain_graph alone": (with_graph(retain_graph=True), {}, "detached"),
    "item": (item, {}, "detached"),
    "requires_grad forgotten": (no_requires_grad, {}, "unwatched"),
    "scores of another tensor": (another_tensor, {}, "unwatched"),
    "norm over dim 1": (over_dim_1, {}, "norm_channels"),
    "backward": (backward, {}, "gradients_left"),
    "left in eval mode": (in_eval, {}, "mode"),
    "in eval mode": (in_eval_for_a_while, {}, "mode"),
    "graph kept": (remembers, {}, "graph_kept"),
    "images overwritten": (overwrites, {}, "images_changed"),
}


def critic_of(*hidden, end=()):
    return nn.Sequential(nn.Conv2d(3, 4, 2), *hidden, nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(48, 1), *end)


CRITICS = {
    "plain": (critic_of(), []),
    "LayerNorm": (critic_of(nn.GroupNorm(1, 4)), []),
    "InstanceNorm": (critic_of(nn.InstanceNorm2d(4)), []),
    "BatchNorm": (critic_of(nn.BatchNorm2d(4)), ["cross_talk"]),
    "dropout": (critic_of(nn.Dropout(0.3)), ["dropout"]),
    "sigmoid": (critic_of(end=[nn.Sigmoid()]), ["bounded"]),
    "tanh": (critic_of(end=[nn.Tanh()]), ["bounded"]),
}
