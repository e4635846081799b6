// Begins the playground in each place that a page keeps for it.

import { App } from "./app.js";

for (const place of document.querySelectorAll(".pg"))
  try {
    place.app = new App(place); // for whoever wants to look closer, in the browser's console
  } catch (error) {
    place.textContent = `The playground cannot start in this browser: ${error.message} A current Firefox, Chrome, Edge or Safari can.`;
    throw error;
  }
