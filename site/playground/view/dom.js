// Making elements, and canvases as sharp as the screen.

// Whether there is room for all at once; the style sheet has the same bound. On small screens much is folded away at first.
export const isWide = () => innerWidth > 900;

// make("p", { class: "note", text: "…" }, child, …): an element. Properties that begin with "on" are listeners; `text` its text;
// all others attributes (true: present; false, null: absent).
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "text") element.textContent = value;
    else if (value !== false && value !== null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Writes what has changed: else the page is laid out anew for nothing.
export function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A canvas's drawing context with one unit a CSS pixel, cleared: { context, width, height }.
export function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
