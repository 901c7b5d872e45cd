// A table: a row for each group, a column for each formula.

import { el } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { drawsRows } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, table);

function table({ heads, rows }) {
  const head = el("tr", {}, el("th", { scope: "col" }, "Group"), ...heads.map((text) => el("th", { scope: "col", class: "number" }, text)));
  const body = rows.map((row) => el("tr", {}, el("td", {}, row.label), ...row.values.map((value, index) => el("td", { class: "number" }, quantity(value, row.units[index], true)))));
  return el("div", { class: "drawn scroll" }, el("table", { class: "list" }, el("thead", {}, head), el("tbody", {}, ...body)));
}
