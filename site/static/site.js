// Every GIF gets a button that stops it: it then shows a still of its last frame. Who prefers less motion starts there.
for (const gif of document.querySelectorAll("img.wu-gif")) {
  const moving = gif.src;
  const still = new URL(gif.dataset.still, document.baseURI).href;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "wu-stop";
  const play = (on) => {
    gif.src = on ? moving : still;
    gif.dataset.playing = on;
    button.textContent = on ? "Stop" : "Play";
    button.setAttribute("aria-label", `${on ? "Stop" : "Play"} the animation: ${gif.alt}`);
  };
  button.addEventListener("click", () => play(gif.dataset.playing !== "true"));
  gif.insertAdjacentElement("afterend", button);
  play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
}

// What scrolls sideways (wide code, tables, formulas) must be reachable by key.
const reachable = () => {
  for (const box of document.querySelectorAll("div.highlight pre, .pst-scrollable-table-container, div.math, .output, mjx-container")) {
    if (box.scrollWidth > box.clientWidth + 1 && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
    }
  }
};
addEventListener("load", reachable);
addEventListener("resize", reachable);

// A wide figure is small on a phone, and so is the caption within it: there it stands below as text, and a tap shows the figure whole.
for (const figure of document.querySelectorAll("div.cell_output img[alt]:not(.wu-gif)")) {
  const enlarge = () => {
    if (figure.naturalWidth < 1.4 * figure.clientWidth || figure.closest("a")) return;
    const link = document.createElement("a");
    link.href = figure.src;
    link.setAttribute("aria-label", "The figure in full size");
    figure.replaceWith(link);
    link.append(figure);
    if (figure.classList.contains("wu-told")) return;
    const caption = document.createElement("p");
    caption.className = "wu-caption";
    caption.textContent = figure.alt;
    link.after(caption);
  };
  if (figure.complete && figure.naturalWidth) enlarge();
  else figure.addEventListener("load", enlarge, { once: true });
}
