// Shares of a whole as rings: the first tag of each group inside, the next around it.

import { stroke } from "../graphs/colors.mjs";
import { el, svg } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { drawsRows } from "../parts/values.mjs";

const HOLE = 26; // of a radius of 100
const LEGEND = 12; // names below the rings

export const make = (widget) => drawsRows(widget, rings);

function rings({ rows }) {
  const whole = tree(rows.filter((row) => row.value > 0));
  const unit = rows[0].units[0];
  const depth = Math.max(...rows.map((row) => Math.max(row.group.length, 1)));
  const words = whole.children.slice(0, LEGEND).map((child) => `${child.name} ${quantity(child.value, unit, true)}`);
  const picture = svg("svg", { viewBox: "-102 -102 204 204", role: "img", "aria-label": words.join(", ") });
  draw(picture, whole, { from: 0, to: 1, depth: 0, width: (100 - HOLE) / depth, unit, total: whole.value });
  picture.append(svg("text", { "text-anchor": "middle", "dominant-baseline": "central", class: "total" }, quantity(whole.value, unit)));
  const legend = whole.children.slice(0, LEGEND).map((child, index) => el("li", {}, el("span", { class: "swatch", style: { background: hue(child, index) } }), child.name));
  return el("div", { class: "drawn sunburst-rings" }, picture, el("ul", { class: "legend" }, ...legend));
}

// The rows as a tree by their tags; a node's value is the sum of what is in it, the largest first.
function tree(rows) {
  const root = { name: "", value: 0, children: [] };
  for (const row of rows) {
    let node = root;
    root.value += row.value;
    for (const [, name] of row.group.length ? row.group : [["", row.label]]) {
      let child = node.children.find((one) => one.name === name);
      if (!child) node.children.push((child = { name, value: 0, children: [] }));
      child.value += row.value;
      node = child;
    }
  }
  const sort = (node) => (node.children.sort((a, b) => b.value - a.value), node.children.forEach(sort));
  sort(root);
  return root;
}

const hue = (node, index) => stroke({ group: node.name }, index).stroke;

function draw(picture, node, { from, to, depth, width, unit, total, colour }) {
  let at = from;
  node.children.forEach((child, index) => {
    const end = at + ((to - from) * child.value) / node.value;
    const [inner, outer] = [HOLE + depth * width, HOLE + (depth + 1) * width];
    const fill = colour ?? hue(child, index);
    const share = `${((100 * child.value) / total).toFixed(1)}%`;
    picture.append(svg("path", { d: arc(at, end, inner, outer - 0.6), fill, "fill-opacity": 1 - 0.25 * depth, "fill-rule": "evenodd" }, svg("title", {}, `${child.name}: ${quantity(child.value, unit, true)}, ${share}`)));
    draw(picture, child, { from: at, to: end, depth: depth + 1, width, unit, total, colour: fill });
    at = end;
  });
}

// A part of a ring between two shares of the circle, from twelve o'clock on.
function arc(from, to, inner, outer) {
  const [a, b] = [from, Math.min(to, from + 0.99999)].map((share) => 2 * Math.PI * share - Math.PI / 2);
  const long = to - from > 0.5 ? 1 : 0;
  const point = (radius, angle) => `${radius * Math.cos(angle)} ${radius * Math.sin(angle)}`;
  return `M${point(outer, a)}A${outer} ${outer} 0 ${long} 1 ${point(outer, b)}L${point(inner, b)}A${inner} ${inner} 0 ${long} 0 ${point(inner, a)}Z`;
}
