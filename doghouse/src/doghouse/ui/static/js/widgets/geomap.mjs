// Values of regions, ranked: doghouse has no map to draw them on, and says so.

import { el } from "../dom.mjs";
import { drawsRows } from "../parts/values.mjs";
import { bars } from "./toplist.mjs";

export const make = (widget) => drawsRows(widget, ({ rows }) => el("div", { class: "drawn scroll" }, bars(rows), el("p", { class: "why" }, "A list of the regions: doghouse does not draw a map.")));
