"""Penalties as users of PyTorch write them: right ones, and ones with a bug; and critics."""

import torch
from torch import autograd, nn


def between(real, fake):
    alpha = torch.rand(real.size(0), 1, 1, 1, device=real.device)
    return (alpha * real + (1 - alpha) * fake).requires_grad_(True)


def cost(g):
    return ((g.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


def short(critic, real, fake, cost=cost, **options):
    x = between(real, fake)
    return cost(autograd.grad(critic(x).sum(), x, **(options or {"create_graph": True}))[0])


def with_ones(critic, real, fake):
    alpha = torch.rand(real.size(0), 1).expand(real.size(0), real.nelement() // real.size(0))
    alpha = alpha.contiguous().view(real.size())
    interpolates = autograd.Variable((alpha * real + ((1 - alpha) * fake)).detach(), requires_grad=True)
    scores = critic(interpolates)
    given = {"grad_outputs": torch.ones(scores.size()), "create_graph": True, "retain_graph": True}
    gradients = autograd.grad(outputs=scores, inputs=interpolates, only_inputs=True, **given)[0]
    return ((gradients.view(gradients.size(0), -1).norm(2, dim=1) - 1) ** 2).mean()


def image_by_image(critic, real, fake):
    return torch.stack([short(critic, *pair) for pair in zip(real.split(1), fake.split(1), strict=True)]).mean()


def vmapped(critic, real, fake):
    return cost(torch.func.vmap(torch.func.grad(lambda x: critic(x[None])[0, 0]))(between(real, fake).detach()))


def all_in_one_pass(critic, real, fake):
    x = between(real, fake)
    scores = critic(torch.cat([real, fake, x]))[2 * len(x) :]
    return cost(autograd.grad(scores.sum(), x, create_graph=True)[0])


class Penalty(nn.Module):
    def forward(self, critic, real, fake, device, lambda_gp):
        return lambda_gp * short(critic, real.to(device), fake.to(device))


def linalg(g):
    return torch.linalg.vector_norm(g, dim=(1, 2, 3)).sub(1).square().mean()


def backward(critic, real, fake):
    x = between(real, fake)
    x.retain_grad()
    critic(x).sum().backward(create_graph=True)
    return cost(x.grad)


def in_eval_for_a_while(critic, real, fake):
    paid = short(critic.eval(), real, fake)
    critic.train()
    return paid


kept = []


def remembers(critic, real, fake):
    kept.append(short(critic, real, fake))
    return kept[-1]


RIGHT = {
    "short": short,
    "with ones": with_ones,
    "linalg": lambda *given: short(*given, cost=linalg),
    "image by image": image_by_image,
    "torch.func": vmapped,
    "one pass": all_in_one_pass,
    "a module": (Penalty(), {"call": lambda f, *three: f(*three, "cpu", 10.0), "weight": 10}),
}
WRONG = {
    "detached": [
        lambda *given: short(*given, create_graph=False),
        lambda *given: short(*given, retain_graph=True),
        lambda *given: torch.tensor(short(*given).item()),
    ],
    "gradients_left": backward,
    "mode": [lambda critic, *images: short(critic.eval(), *images), in_eval_for_a_while],
    "graph_kept": remembers,
}


def critic_of(*hidden, end=()):
    return nn.Sequential(nn.Conv2d(3, 4, 2), *hidden, nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(48, 1), *end)


CRITICS = [
    (critic_of(nn.GroupNorm(1, 4)), []),
    (critic_of(nn.InstanceNorm2d(4)), []),
    (critic_of(nn.BatchNorm2d(4)), ["cross_talk"]),
    (critic_of(nn.Dropout(0.3)), ["dropout"]),
    (critic_of(end=[nn.Sigmoid()]), ["bounded"]),
    (critic_of(end=[nn.Tanh()]), ["bounded"]),
]
