// A monitor's graph with its thresholds.

import { showProblems, titled } from "../parts/states.mjs";
import { make as graph } from "./timeseries.mjs";

export function make(widget, board) {
  graph(widget, board);
  return (data) => {
    titled(widget, data);
    if (!data.series) return showProblems(widget, data.problems);
    widget.graph.options.markers = data.markers;
    widget.graph.show(data);
    return true;
  };
}
