// What changed since an hour, a day, a week or a month ago, a row for each group.

import { el } from "../dom.mjs";
import { number, quantity } from "../format.mjs";
import { drawsRows, painted } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, table);

function table({ rows, before }) {
  const titles = ["Group", before, "now", "change"];
  const head = el("tr", {}, ...titles.map((text, index) => el("th", { scope: "col", class: index ? "number" : null }, text)));
  return el("div", { class: "drawn scroll" }, el("table", { class: "list" }, el("thead", {}, head), el("tbody", {}, ...rows.map(row))));
}

function row({ label, values: [present, past, change], units: [unit], relative, paints: [paint] }) {
  const sign = change > 0 ? "↑ +" : change < 0 ? "↓ " : "";
  const words = change == null ? "–" : sign + (relative ? `${number(change)}%` : quantity(change, unit, true));
  const { tone, style } = painted(paint);
  const cells = [quantity(past, unit, true), quantity(present, unit, true)].map((text) => el("td", { class: "number" }, text));
  return el("tr", {}, el("td", {}, label), ...cells, el("td", { class: `number ${tone}`, style }, words));
}
