// What changed since an hour, a day, a week or a month ago, a row for each group.

import { el } from "../dom.mjs";
import { number, quantity } from "../format.mjs";
import { drawsRows, painted } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, (data) => table(data, widget.id));

function table({ rows, before }, id) {
  const titles = ["Group", before, "now", "change"];
  const head = el("tr", {}, ...titles.map((text, index) => el("th", { scope: "col", class: index ? "number" : null }, text)));
  return el("div", { class: "drawn scroll" }, el("table", { class: "list", "data-sortable": id }, el("thead", {}, head), el("tbody", {}, ...rows.map(row))));
}

function row({ label, values: [present, past, change], units: [unit], relative, paints: [paint] }) {
  const sign = change > 0 ? "↑ +" : change < 0 ? "↓ " : "";
  const words = change == null ? "–" : sign + (relative ? `${number(change)}%` : quantity(change, unit, true));
  const { tone, style } = painted(paint);
  const cells = [past, present].map((value) => el("td", { class: "number", "data-value": value ?? "" }, quantity(value, unit, true)));
  return el("tr", {}, el("td", {}, label), ...cells, el("td", { class: `number ${tone}`, style, "data-value": change ?? "" }, words));
}
