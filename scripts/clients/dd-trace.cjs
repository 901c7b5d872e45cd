// What dd-trace's README and API page call, to the Agent at DD_TRACE_AGENT_URL. Nothing is printed: what arrives is what is judged.
"use strict";
const tracer = require("dd-trace").init({ service: "shop", env: "test", version: "1.2", flushInterval: 100, startupLogs: false });
const http = require("node:http");

tracer.trace("web.request", { resource: "GET /cart", type: "web", tags: { "http.method": "GET" } }, () => {
  tracer.trace("db.query", { service: "shop-db", resource: "SELECT 1", type: "sql" }, () => {});
});
try {
  tracer.trace("failing", { resource: "POST /pay" }, () => { throw new Error("refused"); });
} catch {}
const parent = tracer.startSpan("job", { tags: { "resource.name": "nightly" } });
tracer.startSpan("step", { childOf: parent }).finish();
parent.finish();
tracer.wrap("wrapped", { resource: "a function" }, () => {})();

const server = http.createServer((_, answer) => answer.end("ok")).listen(0, "127.0.0.1", () => {
  http.get({ port: server.address().port, path: "/hello" }, (answer) => {
    answer.resume();
    answer.on("end", () => { server.close(); setTimeout(() => process.exit(0), 3000); }); // its last flush
  });
});
