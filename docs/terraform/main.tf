# Monitors as they lie in a repository. `doghouse lint docs/terraform` reads them as they are.
variable "env" {
  type = string
}

variable "critical" {
  type    = number
  default = 90
}

variable "pager" {
  type        = string
  description = "Who is paged. It has no default, and nothing here gives it a value."
}

locals {
  tags   = ["env:${var.env}", "team:shop"]
  queues = yamldecode(file("${path.module}/queues.yaml"))
}

resource "datadog_monitor" "cpu" {
  name    = "CPU is high (${var.env})"
  type    = "metric alert"
  query   = "avg(last_5m):avg:system.cpu.user{env:${var.env}} by {host} > ${var.critical}"
  message = <<-EOT
    {{#is_alert}}
    {{host.name}} is busy.
    {{/is_alert}}
    @shop@example.com
  EOT
  tags    = local.tags

  monitor_thresholds {
    critical = var.critical
    warning  = var.critical - 10
  }
}

module "queue" {
  source   = "./queue"
  for_each = local.queues
  name     = each.key
  most     = each.value.most
  tags     = local.tags
}

resource "datadog_monitor" "both" {
  name    = "Busy, and orders wait"
  type    = "composite"
  query   = "${datadog_monitor.cpu.id} && ${module.queue["orders"].id}"
  message = "Somebody should look. @pagerduty-${var.pager}"
  tags    = local.tags
}

resource "datadog_downtime_schedule" "night" {
  scope            = "env:${var.env}"
  display_timezone = "Europe/Berlin"
  message          = "Nights are quiet."
  monitor_identifier {
    monitor_tags = ["team:shop"]
  }
  recurring_schedule {
    timezone = "Europe/Berlin"
    recurrence {
      start    = "2026-03-01T20:00:00"
      duration = "12h"
      rrule    = "FREQ=DAILY;INTERVAL=1"
    }
  }
}

resource "datadog_service_level_objective" "orders" {
  name        = "Orders move"
  type        = "monitor"
  monitor_ids = [module.queue["orders"].id]
  thresholds {
    timeframe = "30d"
    target    = 99.9
  }
}

resource "datadog_dashboard_json" "board" {
  dashboard = "{}"
}
