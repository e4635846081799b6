// The colours of the page, which the pictures share, in light and dark.

const NAMES = {
  background: "--pg-background",
  text: "--pg-text",
  muted: "--pg-muted",
  line: "--pg-line",
  real: "--pg-real",
  fake: "--pg-fake",
  score: "--pg-score",
};

export function colours(element) {
  const style = getComputedStyle(element);
  const found = Object.fromEntries(
    Object.entries(NAMES).map(([name, variable]) => [name, style.getPropertyValue(variable).trim()]),
  );
  return { ...found, font: `12px ${style.fontFamily}` };
}

// Calls back when the reader switches between light and dark, by the site's button or the system's setting.
export function onThemeChange(redraw) {
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
