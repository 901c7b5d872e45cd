// Shares of a whole as areas: each group's is as large as its value.

import { stroke } from "../graphs/colors.mjs";
import { el } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { drawsRows } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, areas);

function areas({ rows }) {
  const known = rows.filter((row) => row.value > 0).sort((a, b) => b.value - a.value);
  return el("div", { class: "drawn areas" }, ...split(known, { left: 0, top: 0, width: 100, height: 100 }).map(area));
}

// The rows in two halves of about equal weight, side by side along the longer side, and so on.
function split(rows, box) {
  if (rows.length < 2) return rows.map((row) => ({ row, box }));
  const total = sum(rows);
  let count = 1;
  while (count < rows.length - 1 && sum(rows.slice(0, count)) < total / 2) count += 1;
  const [first, second] = [rows.slice(0, count), rows.slice(count)];
  const share = sum(first) / total;
  const wide = box.width >= box.height / 2; // a card is about twice as wide as it is high
  const one = wide ? { ...box, width: box.width * share } : { ...box, height: box.height * share };
  const other = wide ? { ...box, left: box.left + one.width, width: box.width - one.width } : { ...box, top: box.top + one.height, height: box.height - one.height };
  return [...split(first, one), ...split(second, other)];
}

const sum = (rows) => rows.reduce((total, row) => total + row.value, 0);

function area({ row, box }, index) {
  const hue = stroke({ host: row.host, group: row.host ? "" : row.label }, index).stroke;
  const words = `${row.label}: ${quantity(row.value, row.units[0], true)}`;
  const place = Object.fromEntries(Object.entries(box).map(([side, share]) => [side, `${share}%`]));
  return el("div", { class: "area", title: words, style: { ...place, background: `color-mix(in srgb, ${hue} 30%, var(--raised))` } }, el("span", {}, row.label), " ", el("span", { class: "number" }, quantity(row.value, row.units[0])));
}
