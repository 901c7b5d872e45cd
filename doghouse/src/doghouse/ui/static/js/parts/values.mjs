// What widgets that show a value for each group share.

import { el } from "../dom.mjs";
import { over } from "../graphs/colors.mjs";
import { problemText } from "../graphs/graph.mjs";
import { sortable } from "./sorting.mjs";

// Draws an answer of ui/widgets/scalars.py: `draw` makes the element that stands in the widget.
export function drawsRows({ root }, draw) {
  return (data) => {
    const place = root.querySelector(".drawn");
    explain(root, data.problems.map(problemText));
    place.hidden = !data.rows.length;
    if (data.rows.length) place.replaceWith(draw(data));
    sortable(root);
    return true;
  };
}

// A value in large letters, which shrink until all of it is seen.
export function figure(text, unit, paint, title) {
  const chars = text.length + (unit ?? "").length || 1;
  const { tone, style } = painted(paint);
  return el("p", { class: `figure ${tone}`, title, style: { ...style, "--chars": chars } }, text, unit ? el("span", { class: "unit" }, unit) : null);
}

// How a value is painted that meets a conditional format (ui/widgets/formats.py): a class, and colours of the author's own.
export function painted({ tone, background, color } = {}) {
  return { tone: tone ? `tone-${tone}` : "", style: background ? { background, color: over(background) } : color ? { color } : {} };
}

// Why there is nothing, or less than was asked for.
export function explain(root, problems) {
  const notes = root.querySelector(".notes");
  notes.hidden = !problems.length;
  notes.replaceChildren(...problems.map((parts) => el("p", { class: "why" }, ...parts)));
}
