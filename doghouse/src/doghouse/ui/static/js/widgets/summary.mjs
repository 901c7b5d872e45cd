// The monitors that a search finds: how many are in each state, and which.

import { el } from "../dom.mjs";
import { counts, draws } from "../parts/states.mjs";

export const make = (one) => (data) => draws(one, data, summary);

function summary(data) {
  const rows = data.monitors.map((one) => el("li", {}, el("span", { class: `state ${one.state}` }, one.status), " ", el("a", { href: `/monitors/${one.id}` }, one.name)));
  return el("div", { class: "drawn padded" }, counts(data.counts), el("ul", { class: "bare-list" }, ...rows));
}
