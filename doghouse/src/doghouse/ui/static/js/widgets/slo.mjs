// An SLO: how it stands against its target in each time window, and what is left of its error budget.

import { el } from "../dom.mjs";
import { drawsRows } from "../parts/values.mjs";

export const make = (widget) => drawsRows(widget, (data) => objective(data, widget.definition));

function objective({ name, href, rows }, { show_error_budget: budgets = true }) {
  return el("div", { class: "drawn scroll" }, el("p", { class: "padded" }, el("a", { href }, name)), standings(rows, "Window", windowCell, budgets));
}

function windowCell(row) {
  return el("td", {}, row.window, row.part ? el("div", { class: "nowrap" }, row.part) : el("br"), target(row));
}

// What a row is held to.
export const target = (row) => el("span", { class: "soft small nowrap" }, `target ${row.target} %`);

// A table of how SLOs stand: what `first` makes of each row, then status, SLI and budget.
export function standings(rows, title, first, budgets) {
  const titles = [title, "Status", "SLI", ...(budgets ? ["Budget left"] : [])];
  const head = el("tr", {}, ...titles.map((text, index) => el("th", { scope: "col", class: index > 1 ? "number" : null }, text)));
  const body = rows.map((row) => el("tr", {}, first(row), ...cells(row, budgets)));
  return el("table", { class: "list" }, el("thead", {}, head), el("tbody", {}, ...body));
}

function cells(row, budgets) {
  const state = el("td", {}, el("span", { class: `state ${row.state}` }, row.word), row.why ? el("span", { class: "soft small" }, ` ${row.why}`) : null);
  const left = el("td", { class: "number nowrap", title: row.left ? `${row.left.value} ${row.left.unit}` : null }, percent(row.remaining));
  return [state, el("td", { class: "number nowrap" }, percent(row.sli)), ...(budgets ? [left] : [])];
}

const percent = (value) => (value == null ? "–" : `${value} %`);
