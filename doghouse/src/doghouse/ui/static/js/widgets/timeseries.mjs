// A graph over time. Every module here has `make(widget, board)`: what draws an answer of the server into the widget's element `widget.root`. It gives false
// where the newest buckets alone (`fresh`) do not join what is drawn, so that all of it is asked for.

import { Graph, markersOf } from "../graphs/graph.mjs";

export function make(widget, board, plain = null) {
  widget.graph = new Graph(widget.root, {
    definition: widget.definition,
    name: widget.name,
    sync: "board",
    markers: markersOf(widget.definition),
    scene: () => ({ events: widget.data?.events }),
    plain,
    past: widget.past,
    onZoom: board.zoom,
    onUnzoom: board.unzoom,
  });
  return (data, fresh) => (fresh ? widget.graph.extend(data) : (widget.graph.show(data), true));
}
