// A graph over time. Every module here has `make(one, board)`: what draws an answer of the server into the widget's element `one.root`. It gives false
// where the newest buckets alone (`fresh`) do not join what is drawn, so that all of it is asked for.

import { Graph, markersOf } from "../graphs/graph.mjs";

export function make(one, board, plain = null) {
  one.graph = new Graph(one.root, {
    definition: one.definition,
    name: one.name,
    sync: "board",
    markers: markersOf(one.definition),
    scene: () => ({ events: one.data?.events }),
    plain,
    onZoom: board.zoom,
    onUnzoom: board.unzoom,
  });
  return (data, fresh) => (fresh ? one.graph.extend(data) : (one.graph.show(data), true));
}
