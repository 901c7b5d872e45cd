// A gauge, as the recipe's test draws it.

import { el } from "../dom.mjs";
import { drawsRows } from "../parts/values.mjs";

export const make = (one) => drawsRows(one, ({ rows }) => el("div", { class: "drawn" }, el("meter", { max: 1000, value: rows[0].value, "aria-label": one.definition.shape })));
