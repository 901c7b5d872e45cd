// One value, in large figures.

import { el } from "../dom.mjs";
import { fixed, quantity } from "../format.mjs";
import { drawsRows, figure } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, ({ rows }) => value(rows[0], widget.definition));

function value(row, definition) {
  const { precision, autoscale, custom_unit: unit } = definition;
  const exact = precision != null && precision !== "*" && autoscale === false;
  const rounded = precision != null && Math.abs(row.value) < 1e4 ? round(row.value, precision) : row.value;
  const text = exact ? fixed(row.value, Number(precision)) : quantity(rounded, unit ? null : row.units[0], true);
  return el("div", { class: "drawn" }, figure(text, unit, row.tone, String(row.value)));
}

const round = (value, precision) => Number(value.toFixed(Math.min(Number(precision) || 0, 12)));
