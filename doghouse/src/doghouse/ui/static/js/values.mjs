// Widgets that show one number a group: query values and toplists.

import { reserve, stroke } from "./colors.mjs";
import { el } from "./dom.mjs";
import { fixed, quantity } from "./format.mjs";
import { problemText } from "./graph.mjs";

// Draws into root; the data is what scalars.py sends.
export function drawValues(root, data, kind, definition) {
  const place = root.querySelector(".drawn");
  explain(root, data.problems.map(problemText));
  place.hidden = !data.rows.length;
  const draw = { value: () => figure(data.rows[0], definition), toplist: () => bars(data.rows), table: () => table(data) };
  if (data.rows.length) place.replaceWith(draw[kind]());
}

// Why there is nothing, or less than was asked for.
export function explain(root, said) {
  const notes = root.querySelector(".notes");
  notes.hidden = !said.length;
  notes.replaceChildren(...said.map((parts) => el("p", { class: "why" }, ...parts)));
}

function figure(row, definition) {
  const { precision, autoscale, custom_unit: unit } = definition;
  const exact = precision != null && precision !== "*" && autoscale === false;
  const rounded = precision != null && Math.abs(row.value) < 1e4 ? round(row.value, precision) : row.value;
  const text = exact ? fixed(row.value, Number(precision)) : quantity(rounded, unit ? null : row.units[0], true);
  const tone = row.tone ? ` tone-${row.tone}` : "";
  return el("div", { class: "drawn" }, el("p", { class: `figure${tone}`, title: String(row.value) }, text, unit ? el("span", { class: "unit" }, unit) : null));
}

const round = (value, precision) => Number(value.toFixed(Math.min(Number(precision) || 0, 12)));

function bars(rows) {
  const most = Math.max(...rows.map((row) => Math.abs(row.value)), 0) || 1;
  reserve(rows.flatMap((row) => (row.host ? [row.host] : [])));
  return el("ol", { class: "bars drawn" }, ...rows.map((row, index) => bar(row, index, most)));
}

function bar(row, index, most) {
  const { stroke: hue } = stroke({ host: row.host, group: row.host ? "" : "toplist" }, index);
  const fill = el("span", { class: "fill", style: { width: `${(100 * Math.abs(row.value)) / most}%`, borderColor: hue } });
  fill.style.background = `color-mix(in srgb, ${hue} 18%, transparent)`;
  return el("li", { class: row.tone ? `tone-${row.tone}` : null }, fill, el("span", {}, row.label), el("span", { class: "number" }, quantity(row.value, row.units[0], true)));
}

function table({ heads, rows }) {
  const head = el("tr", {}, el("th", { scope: "col" }, "Group"), ...heads.map((text) => el("th", { scope: "col", class: "number" }, text)));
  const body = rows.map((row) => el("tr", {}, el("td", {}, row.label), ...row.values.map((value, index) => el("td", { class: "number" }, quantity(value, row.units[index], true)))));
  return el("div", { class: "drawn scroll" }, el("table", { class: "list" }, el("thead", {}, head), el("tbody", {}, ...body)));
}
