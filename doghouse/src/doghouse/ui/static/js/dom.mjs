// Small helpers over the document.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// el("li", {class: "x", onclick: f}, "text", child…): an element. Text is text, never HTML.
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, set] of Object.entries(value)) key.startsWith("--") ? made.style.setProperty(key, set) : (made.style[key] = set);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

// The same for SVG's own elements, which have a namespace.
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export const pageData = () => JSON.parse($("#page-data")?.textContent ?? "null");

// What has changed, for those who hear the page.
export function say(text) {
  const region = $("#said");
  if (region) region.textContent = text;
}

// What stands at the head of the page while doghouse gives no answer; nothing takes it away again.
export function lost(text = "") {
  const place = $("#lost");
  if (!place || place.textContent === text) return;
  place.textContent = text;
  place.hidden = !text;
}

// Text with `names` between backticks as <code>.
export function withCode(text) {
  return text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));
}

const PATIENCE_MS = 20_000; // for an answer: a server that says nothing for so long is not alive

export async function getJson(address, options) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS), ...options }).catch(() => {
    throw new Error("doghouse does not answer");
  });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw Object.assign(new Error(body?.errors?.join("; ") ?? `${answer.status} ${answer.statusText}`), { status: answer.status });
  return body;
}

// A change carries the session's token, where there is a session: a page of another site cannot read it.
export const post = (address, body, type, method = "POST") =>
  getJson(address, { method, headers: { "Content-Type": type, "X-CSRF-Token": $("meta[name=csrf-token]")?.content ?? "" }, body });

export const postJson = (address, body, method) => post(address, JSON.stringify(body), "application/json", method);

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied");
    return true;
  } catch {
    return false;
  }
}

// Changes what the URL asks for, in place.
export function setQuery(change) {
  const query = new URLSearchParams(location.search);
  change(query);
  history.replaceState(history.state, "", query.size ? `?${query}` : location.pathname);
}
