# Each alarm has a heading of the same name in docs/runbook.md. All figures are those of docs/metrics.md.
locals {
  alarms = {
    alert-undelivered = { metric = "alerts_undelivered", dimensions = {}, statistic = "Maximum", above = 0, minutes = 2 }
    work-overdue      = { metric = "oldest_due_seconds", dimensions = { kind = "alert" }, statistic = "Maximum", above = 180, minutes = 2 }
    digests-overdue   = { metric = "oldest_due_seconds", dimensions = { kind = "digest" }, statistic = "Maximum", above = 1200, minutes = 5 }
    unreadable-jobs   = { metric = "unreadable_jobs", dimensions = {}, statistic = "Maximum", above = 0, minutes = 5 }
    slow-answers      = { metric = "ack_seconds", dimensions = { kind = "command" }, statistic = "p99", above = 2.5, minutes = 5 }
  }
}

resource "aws_cloudwatch_metric_alarm" "figure" {
  for_each            = local.alarms
  alarm_name          = "cocm-bot-${each.key}"
  namespace           = "cocm_bot"
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic == "p99" ? null : each.value.statistic
  extended_statistic  = each.value.statistic == "p99" ? "p99" : null
  period              = 60
  evaluation_periods  = each.value.minutes
  threshold           = each.value.above
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

# Nothing ticks: no digest is sent and no alert repeated. Missing figures are the alarm here.
resource "aws_cloudwatch_metric_alarm" "nothing_ticks" {
  alarm_name          = "cocm-bot-nothing-ticks"
  namespace           = "cocm_bot"
  metric_name         = "processes_ticking"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "no_replica" {
  alarm_name          = "cocm-bot-no-replica"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = aws_lb.bot.arn_suffix, TargetGroup = aws_lb_target_group.bot.arn_suffix }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 2
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_dashboard" "bot" {
  dashboard_name = "cocm-bot"
  dashboard_body = jsonencode({
    widgets = [for place, widget in [
      { title = "Acknowledged within (p99)", search = "{cocm_bot,kind} MetricName=\"ack_seconds\"", statistic = "p99" },
      { title = "Work by outcome", search = "{cocm_bot,doing,outcome} MetricName=\"work\"", statistic = "Sum" },
      { title = "Table requests by outcome", search = "{cocm_bot,operation,outcome} MetricName=\"table_requests\"", statistic = "Sum" },
      { title = "Capacity units", search = "{cocm_bot,operation} MetricName=\"table_units\"", statistic = "Sum" },
      { title = "Calls to Slack by outcome", search = "{cocm_bot,method,outcome} MetricName=\"posts\"", statistic = "Sum" },
      { title = "Oldest due", search = "{cocm_bot,kind} MetricName=\"oldest_due_seconds\"", statistic = "Maximum" },
      ] : {
      type = "metric", x = (place % 2) * 12, y = floor(place / 2) * 6, width = 12, height = 6
      properties = {
        title   = widget.title, region = var.region, period = 60
        metrics = [[{ expression = "SEARCH('${widget.search}', '${widget.statistic}', 60)" }]]
      }
    }]
  })
}
