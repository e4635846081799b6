// The data sets: clouds in the plane that can be drawn from without end. The same shapes as wu.toys has, and some more.

const ROOT2 = Math.SQRT2;

const ring = (modes, radius) =>
  Array.from({ length: modes }, (_, i) => {
    const angle = (2 * Math.PI * i) / modes;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
const ticks = [-ROOT2, -ROOT2 / 2, 0, ROOT2 / 2, ROOT2];

function aroundCentres(centres, std) {
  return (random) => {
    const [x, y] = centres[random.below(centres.length)];
    return [x + std * random.normal(), y + std * random.normal()];
  };
}

// One and a half turns (Gulrajani et al. 2017, fig. 1).
function swissRoll(random) {
  const angle = 1.5 * Math.PI * (1 + 2 * random.uniform());
  const std = 0.25 / 7.5;
  return [
    (angle / 7.5) * Math.cos(angle) + std * random.normal(),
    (angle / 7.5) * Math.sin(angle) + std * random.normal(),
  ];
}

// Two half circles that reach into each other, as in scikit-learn's make_moons, moved to the middle.
function twoMoons(random) {
  const angle = Math.PI * random.uniform();
  const upper = random.below(2) === 0;
  const x = (upper ? Math.cos(angle) : 1 - Math.cos(angle)) - 0.5;
  const y = (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) - 0.25;
  return [1.3 * x + 0.05 * random.normal(), 1.3 * y + 0.05 * random.normal()];
}

// `reach`: the picture shows −reach to reach. `centres` and `within`: where modes are counted, and how near counts.
// `start` and `startSpread`: where the generator's cloud lies before training; without them, where its weights put it.
// `latentScale`: latent vectors are that much smaller, so that the cloud keeps its size while its offset learns.
export const DATA_SETS = {
  ring: { name: "ring of eight", reach: 3, centres: ring(8, 2), within: 0.5, draw: aroundCentres(ring(8, 2), 0.02) },
  grid: {
    name: "25 Gaussians",
    reach: 2.2,
    within: 0.25,
    centres: ticks.flatMap((x) => ticks.map((y) => [x, y])),
    draw: aroundCentres(
      ticks.flatMap((x) => ticks.map((y) => [x, y])),
      0.05 / 2 ** 1.5,
    ),
  },
  roll: { name: "Swiss roll", reach: 2.6, draw: swissRoll },
  moons: { name: "two moons", reach: 2.6, draw: twoMoons },
  far: {
    name: "two far Gaussians",
    reach: 4,
    draw: aroundCentres([[2, 0]], 0.5),
    start: [-2, 0],
    startSpread: 0.5,
  },
  place: {
    name: "a single place",
    reach: 2.2,
    draw: aroundCentres([[0, 0]], 0.02),
    start: [1, 0],
    startSpread: 0.05,
    latentScale: 0.05,
  },
  drawn: { name: "drawn by you", reach: 3 },
};

// A function that draws `count` points into a new Float64Array (count × 2). `drawn`: the reader's points, [[x, y], …].
export function sampler(name, drawn, random) {
  if (name === "drawn" && !drawn?.length)
    throw new Error("No points have been drawn yet: draw some, or choose a data set.");
  const draw = name === "drawn" ? aroundCentres(drawn, 0.04) : DATA_SETS[name].draw;
  return (count) => {
    const points = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) points.set(draw(random), 2 * i);
    return points;
  };
}

// How many of the data's modes have at least 2 % of the points if there are eight, and as much less as there are more.
export function modesHit(name, points) {
  const { centres, within } = DATA_SETS[name];
  if (!centres) return null;
  const count = points.length / 2;
  const hits = centres.map(([x, y]) => {
    let near = 0;
    for (let i = 0; i < count; i++) if (Math.hypot(points[2 * i] - x, points[2 * i + 1] - y) <= within) near += 1;
    return near / count;
  });
  return hits.filter((share) => share > 0.16 / centres.length).length;
}
