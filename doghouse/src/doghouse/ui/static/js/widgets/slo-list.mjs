// The SLOs that a search finds: how each stands over its primary timeframe.

import { el } from "../dom.mjs";
import { drawsRows } from "../parts/values.mjs";
import { standings, target } from "./slo.mjs";

export const make = (widget) => drawsRows(widget, ({ rows }) => el("div", { class: "drawn scroll" }, standings(rows, "SLO", nameCell, true)));

function nameCell(row) {
  return el("td", {}, el("a", { href: row.href }, row.name), el("br"), target(row), el("span", { class: "soft small nowrap" }, ` over ${row.window}`));
}
