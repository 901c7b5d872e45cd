// A host map; a host's cell opens it on the page of hosts.

import { $ } from "../dom.mjs";
import { HostMap } from "../graphs/hostmap.mjs";
import { explain } from "../parts/values.mjs";

export function make(widget) {
  widget.map = new HostMap($("canvas", widget.root), (host) => location.assign(`/infrastructure/map?${new URLSearchParams({ host })}`));
  return (data) => {
    widget.map.show(data);
    explain(widget.root, data.problems.map((text) => [text]));
    return true;
  };
}
