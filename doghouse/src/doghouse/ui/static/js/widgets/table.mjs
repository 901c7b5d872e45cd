// A table: a row for each group, a column for each formula, as a number or with a bar.

import { el } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { drawsRows, painted } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, (data) => table(data, widget.id));

function table({ heads, cells, rows }, id) {
  const head = el("tr", {}, el("th", { scope: "col" }, "Group"), ...heads.map((text) => el("th", { scope: "col", class: "number" }, text)));
  const most = heads.map((_, index) => Math.max(...rows.map((row) => Math.abs(row.values[index] ?? 0))) || 1);
  const body = rows.map((row) => el("tr", {}, el("td", {}, row.label), ...row.values.map((value, index) => cell(row, index, value, cells[index] === "bar" ? most[index] : null))));
  return el("div", { class: "drawn scroll" }, el("table", { class: "list", "data-sortable": id }, el("thead", {}, head), el("tbody", {}, ...body)));
}

function cell(row, index, value, most) {
  const { tone, style } = painted(row.paints[index]);
  const text = quantity(value, row.units[index], true);
  if (most == null || value == null) return el("td", { class: `number ${tone}`, style, "data-value": value ?? "" }, text);
  const bar = el("span", { class: `cell-bar ${tone}`, style: { width: `${(100 * Math.abs(value)) / most}%`, background: style.background ?? null } });
  return el("td", { class: "number", "data-value": value }, bar, text);
}
