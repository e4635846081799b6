// How a training's numbers flow: z → generator → critic → losses, and back as a gradient. The style sheet draws the arrows.

import { write } from "../numbers.js";
import { make, tell } from "./dom.js";
import { Numbers } from "./readouts.js";

const FLOWS = {
  latents: ["z:", ({ settings }) => String(settings.latentDim), "So many random numbers make one latent vector z."],
  points: ["points:", ({ settings }) => String(settings.batch), "So many points are generated for each update."],
  scoreFake: [
    "f(G(z))",
    ({ row }) => write(row.scoreFake),
    "The mean score (of a discriminator: logit) of the 256 generated points.",
  ],
  generatorLoss: [
    "G's loss",
    ({ frame }) => write(frame.losses.generator),
    "The generator's loss at its last update. It falls when f(G(z)) rises.",
  ],
  data: [
    "data:",
    ({ settings }) => String(settings.batch),
    "So many points of the data are drawn for each critic update.",
  ],
  scoreReal: [
    "f(x)",
    ({ row }) => write(row.scoreReal),
    "The mean score (of a discriminator: logit) of the 256 data points.",
  ],
  criticLoss: [
    "critic's loss",
    ({ frame }) => write(frame.losses.critic),
    "The critic's loss at its last update, without the penalty. It falls when f(x) rises and f(G(z)) falls.",
  ],
  push: [
    "gradient",
    ({ row }) => write(row.push),
    "Mean norm of the gradient that comes back to a generated point: what the arrows in the picture show.",
  ],
};

export class Loop extends Numbers {
  constructor() {
    super(FLOWS);
    this.critic = make("b", { class: "pg-node pg-node-critic" });
    const generator = make("b", { class: "pg-node pg-node-generator", text: "G", title: "the generator" });
    this.element = make("div", { class: "pg-loop" }, generator, this.critic, ...this.items);
  }

  update(trainer, method) {
    super.update(trainer, method);
    tell(this.critic, method.wasserstein ? "critic" : "D");
    this.critic.title = method.wasserstein ? "the critic f" : "the discriminator; f is its logit";
  }
}
