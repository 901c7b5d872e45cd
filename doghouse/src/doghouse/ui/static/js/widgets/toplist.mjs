// Groups ranked by their values, each with a bar.

import { reserve, stroke } from "../graphs/colors.mjs";
import { el } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { drawsRows, painted } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, ({ rows }) => bars(rows));

export function bars(rows) {
  const most = Math.max(...rows.map((row) => Math.abs(row.value)), 0) || 1;
  reserve(rows.flatMap((row) => (row.host ? [row.host] : [])));
  return el("ol", { class: "bars drawn" }, ...rows.map((row, index) => bar(row, index, most)));
}

function bar(row, index, most) {
  const { stroke: hue } = stroke({ host: row.host, group: row.host ? "" : "toplist" }, index);
  const fill = el("span", { class: "fill", style: { width: `${(100 * Math.abs(row.value)) / most}%`, borderColor: hue, background: `color-mix(in srgb, ${hue} 18%, transparent)` } });
  const { tone, style } = painted(row.paints[0]);
  return el("li", { class: tone, style }, fill, el("span", {}, row.label), el("span", { class: "number" }, quantity(row.value, row.units[0], true)));
}
