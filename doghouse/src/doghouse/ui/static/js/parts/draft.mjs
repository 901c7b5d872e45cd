// What the two pages share on which JSON is written: what is not saved yet is kept by the browser, so that neither a reload nor going back loses it.

import { $, $$, copy, el, pageData } from "../dom.mjs";
import { isObject } from "../workbench/body.mjs";

const page = pageData();
export const KEPT = `doghouse-draft ${location.pathname}${page.id ? "" : page.opened}`; // of new ones each has its beginning

// The object that a text is; undefined for half of one: the server says where.
export function parsed(text) {
  try {
    const made = JSON.parse(text);
    return isObject(made) ? made : undefined;
  } catch {
    return undefined;
  }
}

export function notice(...parts) {
  const place = $("[data-notice]");
  place.hidden = !parts.join("");
  place.replaceChildren(...parts);
}

// What was kept, which the page then says; undefined where that is nothing, or the text that was `opened`.
export function restored(opened) {
  const kept = parsed(sessionStorage.getItem(KEPT) ?? "");
  if (!kept || kept.text === opened) return undefined;
  const discard = () => (sessionStorage.removeItem(KEPT), location.reload());
  notice("Your unsaved changes were restored. ", el("button", { type: "button", onclick: discard }, "Discard"));
  return kept;
}

// To what was saved: it need not be kept any more.
export function leave(address) {
  sessionStorage.removeItem(KEPT);
  location.assign(address);
}

// The buttons that copy a monitor or dashboard (`what`) in some form. texts[form](): the text; empty: it cannot be read; undefined: there is nothing to copy.
export function bindCopying(what, texts) {
  for (const button of $$("[data-copy-as]"))
    button.addEventListener("click", async () => {
      $$("details.pop[open]").forEach((pop) => (pop.open = false));
      const text = await texts[button.dataset.copyAs]().catch((error) => void notice(error.message));
      if (text === "") return notice(`Nothing to copy: the ${what} cannot be read.`);
      if (text && !(await copy(text))) notice("The browser does not allow copying here. ", el("pre", { tabindex: 0 }, text));
    });
}
