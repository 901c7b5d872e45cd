// The legend of a graph: its series by name, each a switch; in the vertical layout a table with their figures.

import { el } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { maxOf, minOf } from "./columns.mjs";

const sum = (values) => values.reduce((total, value) => total + value, 0);
const FIGURES = {
  avg: (values) => sum(values) / values.length,
  min: minOf,
  max: maxOf,
  sum,
  value: (values) => values.at(-1),
};

// `definition` may be missing; `toggle(line)` shows or hides a line and says whether it is shown now.
export function legendOf(lines, definition, hidden, toggle) {
  const columns = definition?.legend_layout === "vertical" ? (definition.legend_columns ?? ["value"]).filter((name) => name in FIGURES) : [];
  const rows = lines.map((line) => el("li", {}, button(line, hidden, toggle), ...columns.map((name) => el("span", { class: "number" }, figure(name, line)))));
  const head = columns.length ? [el("li", { class: "soft" }, el("span"), ...columns.map((name) => el("span", { class: "number" }, name)))] : [];
  return { items: [...head, ...rows], columns: columns.length };
}

function figure(name, line) {
  const known = line.values.filter((value) => value != null);
  return known.length ? quantity(FIGURES[name](known), line.unit) : "–";
}

function button(line, hidden, toggle) {
  const switched = (event) => event.currentTarget.setAttribute("aria-pressed", String(toggle(line)));
  const swatch = el("span", { class: "swatch", style: { background: line.stroke } });
  return el("button", { type: "button", "aria-pressed": String(!hidden.has(line.key)), title: line.label, onclick: switched }, swatch, line.label);
}
