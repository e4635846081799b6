// What a generator's card says, as the page shows it.

export function showFacts(list, card) {
  const { distance, weights, bytes } = card;
  const rows = [
    ["Lesson", link(card.title, `lessons/${card.lesson}.html`)],
    ["Trained on", card.trainedOn + (card.note ? `. ${card.note}` : "")],
    ["Training", `${card.steps.toLocaleString("en")} steps, preset ${card.preset}, seed ${card.seed}`],
    [distance.title, `${number(distance.value)}; baseline ${number(distance.baseline)} (n = ` +
      `${distance.n.toLocaleString("en")}, lower is better)`],
    ["Known failings", card.failings],
    ["Terms", card.terms],
    ["Latent vector", `${card.latentDim} numbers`],
    ["Size", `${weights.toLocaleString("en")} weights, ${(bytes / 1e6).toFixed(2)} MB`],
  ];
  list.replaceChildren(...rows.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
}

function number(value) {
  return String(Number(value.toPrecision(3)));
}

function link(text, address) {
  const anchor = element("a", text);
  anchor.href = address;
  return anchor;
}

function element(tag, content) {
  const made = document.createElement(tag);
  made.append(content);
  return made;
}
