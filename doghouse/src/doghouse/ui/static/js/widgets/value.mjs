// One value, in large figures.

import { el } from "../dom.mjs";
import { fixed, quantity } from "../format.mjs";
import { drawsRows } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, ({ rows }) => figure(rows[0], widget.definition));

function figure(row, definition) {
  const { precision, autoscale, custom_unit: unit } = definition;
  const exact = precision != null && precision !== "*" && autoscale === false;
  const rounded = precision != null && Math.abs(row.value) < 1e4 ? round(row.value, precision) : row.value;
  const text = exact ? fixed(row.value, Number(precision)) : quantity(rounded, unit ? null : row.units[0], true);
  const tone = row.tone ? ` tone-${row.tone}` : "";
  return el("div", { class: "drawn" }, el("p", { class: `figure${tone}`, title: String(row.value) }, text, unit ? el("span", { class: "unit" }, unit) : null));
}

const round = (value, precision) => Number(value.toFixed(Math.min(Number(precision) || 0, 12)));
