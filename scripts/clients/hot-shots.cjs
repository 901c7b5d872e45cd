// What hot-shots' README calls, as one packet to DOGSTATSD_PORT. Nothing is printed: what arrives is what is judged.
"use strict";
const StatsD = require("hot-shots");

const options = { host: "127.0.0.1", port: Number(process.env.DOGSTATSD_PORT), maxBufferSize: 8192, bufferFlushInterval: 60000 };
const client = new StatsD({ ...options, prefix: "app.", globalTags: { env: "test" } });
client.increment("counter");
client.increment("counter", 10, 0.999999, ["kind:a"]);
client.decrement("counter");
client.gauge("gauge", 123.45);
client.histogram("histogram", 42, { host: "a" });
client.distribution("distribution", 42);
client.timing("timing", 42);
client.set("set", "person");
client.gauge("stamped", 1, undefined, ["a:b"]);
client.check("service.up", client.CHECKS.OK, { hostname: "web-1" }, ["foo", "bar"]);
client.event("deploy", "version 2\nis here", { alert_type: "success", priority: "low" }, ["env:test"]);
client.close();
