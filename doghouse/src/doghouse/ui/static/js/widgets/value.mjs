// One value, in large figures.

import { el, svg } from "../dom.mjs";
import { fixed, quantity } from "../format.mjs";
import { drawsRows, figure } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, (data) => value(data, widget.definition));

function value({ rows: [row], behind }, definition) {
  const { precision, autoscale, custom_unit: unit } = definition;
  const exact = precision != null && precision !== "*" && autoscale === false;
  const rounded = precision != null && Math.abs(row.value) < 1e4 ? round(row.value, precision) : row.value;
  const text = exact ? fixed(row.value, Number(precision)) : quantity(rounded, unit ? null : row.units[0], true);
  const [paint] = row.paints;
  const shown = figure(paint.hidden ? "" : text, unit, paint, String(row.value));
  if (["left", "right"].includes(definition.text_align)) shown.style.justifyContent = definition.text_align;
  return el("div", { class: "drawn" }, behind ? course(behind) : null, shown);
}

// The course of the value behind its figure: a small picture without axes.
function course({ type, values }) {
  const known = values.filter((one) => one != null);
  const [least, most] = [Math.min(...known, 0), Math.max(...known, 0)];
  const height = (one) => (100 * (one - least)) / (most - least || 1);
  const bars = values.map((one, at) => (one == null ? "" : `M${at} 100V${100 - height(one)}h${type === "bars" ? 0.8 : 1}V100`));
  return svg("svg", { class: "course", viewBox: `0 0 ${values.length || 1} 100`, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("path", { d: bars.join("") }));
}

const round = (value, precision) => Number(value.toFixed(Math.min(Number(precision) || 0, 12)));
