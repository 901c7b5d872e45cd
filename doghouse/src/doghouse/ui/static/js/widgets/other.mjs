// A type of widget that has no drawing of its own: a plain graph of its queries, which says so.

import { make as graph } from "./timeseries.mjs";

export const make = (widget, board) => graph(widget, board, `A plain graph of its queries: doghouse does not draw widgets of type ${widget.type.replaceAll("_", " ")}.`);
