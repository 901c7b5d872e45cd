// The last value of a monitor's worst group.

import { el } from "../dom.mjs";
import { fixed, number } from "../format.mjs";
import { css, draws, titled } from "../parts/states.mjs";

const TONES = { ok: "good", warn: "warn", alert: "bad" };

export const make = (widget) => (data) => (titled(widget, data), draws(widget, data, value));

function value(data, { precision, unit }) {
  const tone = TONES[css(data.state)];
  const text = precision == null || precision === "*" ? number(data.value) : fixed(data.value, Number(precision));
  const figure = el("p", { class: `figure${tone ? ` tone-${tone}` : ""}`, title: data.query }, text, unit && unit !== "auto" ? el("span", { class: "unit" }, unit) : null);
  return el("div", { class: "drawn" }, figure, data.group ? el("p", { class: "why" }, data.group) : null);
}
