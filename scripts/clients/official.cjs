// The calls of the official client's README and examples, against DOGHOUSE_URL: a line of JSON a case.
"use strict";
const { client, v1, v2 } = require("@datadog/datadog-api-client");

const url = new URL(process.env.DOGHOUSE_URL);
const authMethods = { apiKeyAuth: process.env.DD_API_KEY, appKeyAuth: process.env.DD_APP_KEY };
const configuration = client.createConfiguration({ serverIndex: 1, authMethods });
configuration.setServerVariables({ name: url.host, protocol: url.protocol.slice(0, -1) });

const monitors = new v1.MonitorsApi(configuration);
const boards = new v1.DashboardsApi(configuration);
const downtimes = new v2.DowntimesApi(configuration);
const metrics = new v2.MetricsApi(configuration);
const kept = {};

const CASES = {
  "AuthenticationApi.validate": async () => (await new v1.AuthenticationApi(configuration).validate()).valid === true,
  "MonitorsApi.createMonitor": async () => {
    const body = { name: "node", type: "metric alert", query: "avg(last_5m):avg:my_metric{*} > 1", message: "" };
    kept.monitor = (await monitors.createMonitor({ body })).id;
    return kept.monitor > 0;
  },
  "MonitorsApi.getMonitor": async () => (await monitors.getMonitor({ monitorId: kept.monitor })).name === "node",
  "MonitorsApi.listMonitors": async () => (await monitors.listMonitors()).length === 1,
  "MonitorsApi.updateMonitor": async () =>
    (await monitors.updateMonitor({ monitorId: kept.monitor, body: { name: "n" } })).name === "n",
  "DowntimesApi.createDowntime": async () => {
    const attributes = { scope: "host:a", monitorIdentifier: { monitorId: kept.monitor }, schedule: { start: null } };
    const body = { data: { type: "downtime", attributes } };
    kept.downtime = (await downtimes.createDowntime({ body })).data.id;
    return kept.downtime.length === 36;
  },
  "DowntimesApi.listDowntimes": async () => (await downtimes.listDowntimes()).data.length === 1,
  "DowntimesApi.cancelDowntime": async () => (await downtimes.cancelDowntime({ downtimeId: kept.downtime })) === undefined,
  "MonitorsApi.deleteMonitor": async () =>
    (await monitors.deleteMonitor({ monitorId: kept.monitor })).deletedMonitorId === kept.monitor,
  "DashboardsApi.createDashboard": async () => {
    const definition = { type: "timeseries", requests: [{ q: "avg:my_metric{*}" }] };
    const body = { title: "node", layoutType: "ordered", widgets: [{ definition }] };
    kept.board = (await boards.createDashboard({ body })).id;
    return kept.board.length === 11;
  },
  "DashboardsApi.listDashboards": async () => (await boards.listDashboards()).dashboards.length === 1,
  "DashboardsApi.deleteDashboard": async () =>
    (await boards.deleteDashboard({ dashboardId: kept.board })).deletedDashboardId === kept.board,
  "MetricsApi.submitMetrics": async () => {
    const points = [{ timestamp: Math.round(Date.now() / 1000), value: 7 }];
    const series = [{ metric: "node.metric", type: 3, points, resources: [{ name: "a", type: "host" }] }];
    return (await metrics.submitMetrics({ body: { series } })).errors.length === 0;
  },
  "MetricsApi.queryMetrics": async () => {
    const now = Math.round(Date.now() / 1000);
    const answer = await new v1.MetricsApi(configuration).queryMetrics({ from: now - 600, to: now + 60, query: "avg:node.metric{*}" });
    return answer.series[0].pointlist.some((point) => point[1] === 7);
  },
};

(async () => {
  for (const [name, run] of Object.entries(CASES)) {
    try {
      const passed = await run();
      console.log(JSON.stringify({ case: name, passed, why: passed ? "" : "another answer than was expected" }));
    } catch (error) {
      console.log(JSON.stringify({ case: name, passed: false, why: String(error.message).slice(0, 200) }));
    }
  }
})();
