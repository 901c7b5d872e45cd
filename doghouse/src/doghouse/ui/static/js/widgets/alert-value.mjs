// The last value of a monitor's worst group.

import { el } from "../dom.mjs";
import { fixed, number } from "../format.mjs";
import { css, draws, titled } from "../parts/states.mjs";
import { figure } from "../parts/values.mjs";

const TONES = { ok: "good", warn: "warn", alert: "bad", "no-data": "plain" };

export const make = (widget) => (data) => (titled(widget, data), draws(widget, data, value));

function value(data, { precision, unit }) {
  const tone = TONES[css(data.state)];
  const text = precision == null || precision === "*" ? number(data.value) : fixed(data.value, Number(precision));
  return el("div", { class: "drawn" }, figure(text, unit === "auto" ? null : unit, { tone }, data.query), data.group ? el("p", { class: "why" }, data.group) : null);
}
