// Widgets that show states: a monitor's graph or value, service checks, a summary of monitors.

import { el, withCode } from "./dom.mjs";
import { ago, fixed, number } from "./format.mjs";
import { explain } from "./values.mjs";

const DRAW = { alert: null, "alert-value": value, check, summary };

export const isPanel = (kind) => kind in DRAW;

export function drawPanel(one, data) {
  titled(one, data);
  if (one.kind === "alert" && data.series) {
    one.graph.options.markers = data.markers;
    return one.graph.show(data);
  }
  explain(one.root, data.problems.map(withCode));
  one.root.classList.toggle("failed", data.problems.length > 0);
  const place = one.root.querySelector(".drawn");
  if (place && DRAW[one.kind] && !data.problems.length) place.replaceWith(DRAW[one.kind](data, one.definition));
}

// A widget without a title of its own has its monitor's name; the state stands beside it.
function titled(one, data) {
  if (data.monitor == null) return;
  const place = one.root.querySelector("[data-own]");
  const state = el("span", { class: `state ${css(data.state)}` }, data.state);
  place.replaceChildren(el("a", { href: `/monitors/${data.monitor}`, title: data.name }, one.definition.title ? "monitor" : data.name), " ", state);
}

const css = (state) => state.toLowerCase().replace(" ", "-");
const TONES = { ok: "good", warn: "warn", alert: "bad" };

function value(data, { precision, unit }) {
  const tone = TONES[css(data.state)];
  const text = precision == null || precision === "*" ? number(data.value) : fixed(data.value, Number(precision));
  const figure = el("p", { class: `figure${tone ? ` tone-${tone}` : ""}`, title: data.query }, text, unit && unit !== "auto" ? el("span", { class: "unit" }, unit) : null);
  return el("div", { class: "drawn" }, figure, data.group ? el("p", { class: "why" }, data.group) : null);
}

const counts = (given) => el("p", { class: "counts" }, ...given.map((one) => el("span", {}, el("span", { class: `state ${one.state}` }, one.status), " ", el("span", { class: "number" }, String(one.count)))));

function check(data) {
  const rows = data.rows.map((row) => el("li", { title: row.message || null }, el("span", { class: `state ${row.state}` }, row.status), ` ${row.label} `, el("span", { class: "soft small" }, ago(Date.now() / 1000 - row.ts))));
  return el("div", { class: "drawn padded" }, counts(data.counts), el("ul", { class: "bare-list" }, ...rows));
}

function summary(data) {
  const rows = data.monitors.map((one) => el("li", {}, el("span", { class: `state ${one.state}` }, one.status), " ", el("a", { href: `/monitors/${one.id}` }, one.name)));
  return el("div", { class: "drawn padded" }, counts(data.counts), el("ul", { class: "bare-list" }, ...rows));
}
