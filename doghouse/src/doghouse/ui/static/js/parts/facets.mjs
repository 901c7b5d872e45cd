// A facet: how often each value of a field occurs; a click asks for a value, or keeps it out.

import { $, $$, el } from "../dom.mjs";
import { number } from "../format.mjs";

export const openFacets = () => $$("[data-facet]").filter((facet) => facet.open).map((facet) => facet.dataset.facet);

// choose(query): a person wants this search.
export function drawFacet(place, facet, choose) {
  const list = $("ul", place);
  const focused = document.activeElement?.closest("[data-facet] li a");
  const at = focused && place.contains(focused) ? [focused.closest("li").dataset.value, focused.className] : null;
  const most = Math.max(1, ...facet.values.map(({ count }) => count));
  const link = (query, attributes, ...children) =>
    el("a", { href: address(query), ...attributes, onclick: (event) => (event.preventDefault(), choose(query)) }, ...children);
  list.replaceChildren(
    ...facet.values.map((one) => {
      const shown = one.value || "(empty)";
      const fill = el("span", { class: "fill", style: { width: `${(one.count / most) * 100}%` } });
      return el(
        "li",
        { "data-value": one.value, class: one.wanted ? "wanted" : one.unwanted ? "unwanted" : "" },
        fill,
        link(one.with, { class: "value", "aria-current": one.wanted ? "true" : null, title: one.wanted ? `${shown}: no longer ask for it` : `only ${shown}` }, one.wanted ? "✓ " : "", shown),
        el("span", { class: "number soft" }, number(one.count)),
        link(one.without, { class: "out", "aria-label": one.unwanted ? `stop excluding ${shown}` : `exclude ${shown}` }, one.unwanted ? "excluded" : "exclude"),
      );
    }),
    ...(facet.more ? [el("li", { class: "soft small" }, `and ${number(facet.more)} more`)] : []),
    ...(facet.values.length ? [] : [el("li", { class: "soft small" }, "no values")]),
  );
  if (at) $$("li", list).find((item) => item.dataset.value === at[0])?.querySelector(`a.${at[1]}`)?.focus();
}

function address(query) {
  const url = new URLSearchParams(location.search);
  query === "*" ? url.delete("query") : url.set("query", query);
  return `?${url}`;
}
