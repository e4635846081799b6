// Begins the playground in the places that the page keeps for it.

import { App } from "./app.js";

const place = document.getElementById("pg");
const experiments = document.getElementById("pg-experiments");
try {
  place.app = new App(place, experiments); // for whoever wants to look closer, in the browser's console
} catch (error) {
  place.textContent = `The playground cannot start in this browser: ${error.message} A current Firefox, Chrome, Edge or Safari can.`;
  throw error;
}
