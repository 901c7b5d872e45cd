// The stream of events, and the lists of traces: the server draws them; the range and the search stand in the URL, and new lines appear while live.

import { $, pageData } from "../dom.mjs";
import { keys } from "../page.mjs";
import { refresh } from "../parts/fragments.mjs";
import { Search } from "../parts/search.mjs";
import { timeKeys } from "../time/live.mjs";
import { Time } from "../time/time.mjs";

const page = pageData();
const time = new Time(page.frame, page.now);
time.addEventListener("change", refresh);
timeKeys(keys, time, refresh);
if ($("[data-stream-form]")) new Search(refresh);
