// A host map; a host's cell opens it on the page of hosts.

import { $ } from "../dom.mjs";
import { HostMap } from "../graphs/hostmap.mjs";
import { explain } from "../parts/values.mjs";

export function make(one) {
  one.map = new HostMap($("canvas", one.root), (host) => location.assign(`/infrastructure/map?${new URLSearchParams({ host })}`));
  return (data) => {
    one.map.show(data);
    explain(one.root, data.problems.map((text) => [text]));
    return true;
  };
}
