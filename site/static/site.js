// Every GIF begins as a still of its last frame. A button plays and stops it; so does a pointer that comes and goes,
// but not for who prefers less motion.
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
for (const gif of document.querySelectorAll("img.wu-gif")) {
  const still = gif.src;
  const moving = new URL(gif.dataset.moving, document.baseURI).href;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "wu-stop";
  const play = (on) => {
    gif.src = on ? moving : still;
    gif.dataset.playing = on;
    button.textContent = on ? "■ Stop" : "▶ Watch";
    button.setAttribute("aria-label", `${on ? "Stop" : "Watch"} the animation: ${gif.alt}`);
  };
  const turn = () => play(gif.dataset.playing !== "true");
  let pressed = false; // what was started by hand goes on when the pointer leaves
  for (const element of [gif, button]) element.addEventListener("click", () => { pressed = true; turn(); });
  if (!calm) {
    gif.addEventListener("pointerenter", ({ pointerType }) => { if (pointerType === "mouse" && !pressed) play(true); });
    gif.addEventListener("pointerleave", ({ pointerType }) => { if (pointerType === "mouse" && !pressed) play(false); });
  }
  gif.insertAdjacentElement("afterend", button);
  play(false);
}

// What scrolls sideways (wide code, tables, formulas, figures) must be reachable by key.
const reachable = () => {
  for (const box of document.querySelectorAll("div.highlight pre, .pst-scrollable-table-container, div.math, .output, mjx-container, .wu-wide")) {
    if (box.scrollWidth > box.clientWidth + 1 && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
    }
  }
};

// A formula that is wider than its column is set smaller, down to two thirds; what is wider still scrolls.
const fit = () => {
  for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
    formula.style.fontSize = formula.dataset.size ??= formula.style.fontSize;
    const inner = formula.firstElementChild?.getBoundingClientRect().width ?? 0;
    const share = (formula.parentElement.clientWidth - 8) / inner;
    if (share < 1) formula.style.fontSize = `${Math.max(share, 2 / 3) * parseFloat(getComputedStyle(formula).fontSize)}px`;
  }
};
const settle = () => { fit(); reachable(); };
addEventListener("load", () => { settle(); window.MathJax?.startup?.promise?.then(settle); });
addEventListener("resize", settle);

// On a phone a figure of several panels keeps 640 pixels and scrolls in a box of its own. A tap shows any small one whole,
// and the caption within it stands below as text.
for (const figure of document.querySelectorAll("div.cell_output img[alt]:not(.wu-gif), .bd-content figure img[src$='.png']")) {
  const prepare = () => {
    const ofPanels = figure.naturalWidth > 1.7 * figure.naturalHeight;
    const small = figure.naturalWidth >= 1.4 * figure.clientWidth;
    let outer = figure.closest("a");
    if (small && !outer) {
      outer = document.createElement("a");
      outer.href = figure.src;
      outer.setAttribute("aria-label", "The figure in full size");
      figure.replaceWith(outer);
      outer.append(figure);
      if (figure.closest("div.cell_output") && !figure.classList.contains("wu-told")) {
        const caption = document.createElement("p");
        caption.className = "wu-caption";
        caption.textContent = figure.alt;
        outer.after(caption);
      }
    }
    if (!ofPanels) return;
    const box = document.createElement("div");
    box.className = "wu-wide";
    (outer ?? figure).replaceWith(box);
    box.append(outer ?? figure);
    reachable();
  };
  if (figure.complete && figure.naturalWidth) prepare();
  else figure.addEventListener("load", prepare, { once: true });
}

// On a phone a row of a table of texts becomes a card, in which each text has its column's name.
for (const table of document.querySelectorAll(".bd-content table")) {
  const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  if (names.length < 3 || table.closest(".cell_output, .wu-index, .wu-result, .dropdown, .sd-card")) continue;
  table.classList.add("wu-stack");
  for (const row of table.tBodies[0]?.rows ?? []) {
    [...row.cells].forEach((cell, i) => { if (names[i]) cell.dataset.column = names[i]; });
  }
}

// A button that copies the BibTeX.
for (const code of document.querySelectorAll("div.highlight-bibtex")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "wu-stop";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent.trim());
    button.textContent = "Copied";
  });
  code.after(button);
}
