// The lines around one: it stands in the middle of the screen.

import { $ } from "../dom.mjs";

$(".stream .mine")?.scrollIntoView({ block: "center" });
