variable "name" {
  type = string
}

variable "most" {
  type = number
}

variable "tags" {
  type    = list(string)
  default = []
}

resource "datadog_monitor" "long" {
  name    = "Queue ${var.name} is long"
  type    = "metric alert"
  query   = "max(last_10m):max:queue.length{queue:${var.name}} > ${var.most}"
  message = "It holds {{value}}. @shop@example.com"
  tags    = concat(var.tags, ["queue:${var.name}"])

  dynamic "monitor_thresholds" {
    for_each = [var.most]
    content {
      critical = monitor_thresholds.value
    }
  }
}

output "id" {
  value = datadog_monitor.long.id
}
