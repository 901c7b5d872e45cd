// An SLO: how it stands against its target in each time window, and what is left of its error budget.

import { el } from "../dom.mjs";
import { drawsRows } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, (data) => objective(data, widget.definition));

function objective({ name, href, rows }, { show_error_budget: budgets = true }) {
  const titles = ["Window", "Status", "SLI", ...(budgets ? ["Budget left"] : [])];
  const head = el("tr", {}, ...titles.map((text, index) => el("th", { scope: "col", class: index > 1 ? "number" : null }, text)));
  const body = rows.map((row) => el("tr", {}, ...cells(row, budgets)));
  return el("div", { class: "drawn scroll" }, el("p", { class: "padded" }, el("a", { href }, name)), el("table", { class: "list" }, el("thead", {}, head), el("tbody", {}, ...body)));
}

function cells(row, budgets) {
  const time = el("td", {}, row.window, row.part ? el("div", { class: "nowrap" }, row.part) : el("br"), el("span", { class: "soft small nowrap" }, `target ${row.target} %`));
  const state = el("td", {}, el("span", { class: `state ${row.state}` }, row.word), row.why ? el("span", { class: "soft small" }, ` ${row.why}`) : null);
  const left = el("td", { class: "number nowrap", title: row.left ? `${row.left.value} ${row.left.unit}` : null }, percent(row.remaining));
  return [time, state, el("td", { class: "number nowrap" }, percent(row.sli)), ...(budgets ? [left] : [])];
}

const percent = (value) => (value == null ? "–" : `${value} %`);
