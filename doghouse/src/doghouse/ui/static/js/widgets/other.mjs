// A type of widget that has no drawing of its own: a plain graph of its queries, which says so.

import { make as graph } from "./timeseries.mjs";

export const make = (one, board) => graph(one, board, `A plain graph of its queries: doghouse does not draw widgets of type ${one.type.replaceAll("_", " ")}.`);
