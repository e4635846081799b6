// Computes exact distances in a thread of its own. In: { clouds: [[a, b], …] }; out: { distances }.

import { earthMoversDistance } from "./engine/transport.js";

onmessage = ({ data: { clouds } }) => {
  postMessage({ distances: clouds.map(([a, b]) => earthMoversDistance(a, b)) });
};
