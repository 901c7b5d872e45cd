// Streams (events, logs, traces): the server draws them; the range and the search stand in the URL, and new lines appear while live.

import { $, pageData } from "../dom.mjs";
import { refresh } from "../parts/fragments.mjs";
import { timeKeys } from "../time/live.mjs";
import { keys } from "../page.mjs";
import { Time } from "../time/time.mjs";

const page = pageData();
const time = new Time(page.frame, page.now);
time.addEventListener("change", refresh);
timeKeys(keys, time, refresh);

const form = $("[data-stream-form]");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
form?.addEventListener("input", () => {
  clearTimeout(search.timer);
  search.timer = setTimeout(search, 300);
});

function search() {
  clearTimeout(search.timer);
  const query = new URLSearchParams(location.search);
  for (const field of form.querySelectorAll("[name]")) field.value ? query.set(field.name, field.value) : query.delete(field.name);
  history.replaceState(history.state, "", `?${query}`);
  refresh();
}
