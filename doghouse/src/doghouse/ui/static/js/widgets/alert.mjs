// A monitor's graph with its thresholds.

import { showProblems, titled } from "../parts/states.mjs";
import { make as graph } from "./timeseries.mjs";

export function make(one, board) {
  graph(one, board);
  return (data) => {
    titled(one, data);
    if (!data.series) return showProblems(one, data.problems);
    one.graph.options.markers = data.markers;
    one.graph.show(data);
    return true;
  };
}
