// What lint and the API say of a monitor, each with its line in the JSON and, where it is mechanical, how it is mended.

import { el } from "../dom.mjs";

const TONES = { error: "alert", warning: "warn", note: "no-data" };

// go(line): to a line of the JSON. use(mend): mends it.
export function problems(place, listed, { go, use }) {
  if (!listed.length) return place.replaceChildren(el("p", { class: "why" }, "None."));
  place.replaceChildren(el("ul", { class: "bare-list problems" }, ...listed.map((one) => row(one, go, use))));
}

function row({ severity, rule, field, text, line, mend }, go, use) {
  const where = line ? el("button", { type: "button", class: "link plain", onclick: () => go(line) }, `line ${line}`) : null;
  const mending = mend && el("button", { type: "button", onclick: () => use(mend) }, `Use ${mend.new.length > 40 ? "the mend" : mend.words}`);
  return el("li", {}, el("span", { class: `state ${TONES[severity]}` }, severity), " ", where, " ", field && el("code", {}, field), field && " ", text, rule && el("span", { class: "soft small" }, ` ${rule}`), " ", mending);
}
