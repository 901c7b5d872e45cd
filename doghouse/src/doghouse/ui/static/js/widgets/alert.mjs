// A monitor's graph with its thresholds, or its groups ranked by their values.

import { showProblems, titled } from "../parts/states.mjs";
import { make as graph } from "./timeseries.mjs";
import { bars } from "./toplist.mjs";

export function make(widget, board) {
  graph(widget, board);
  return (data) => {
    titled(widget, data);
    if (data.rows) return ranked(widget, data);
    if (!data.series) return showProblems(widget, data.problems);
    widget.graph.options.markers = data.markers;
    widget.graph.show(data);
    return true;
  };
}

// A toplist of the monitor's groups, in the place of the graph.
function ranked({ root }, { rows }) {
  root.querySelector(".plot, .bars").replaceWith(bars(rows));
  return true;
}
