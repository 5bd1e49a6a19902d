# Empty: put each value in by hand, so that none is in a state file.
resource "aws_secretsmanager_secret" "bot" {
  for_each   = toset(["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "COCM_AUDIT_KEYS"])
  name       = "cocm-bot/${each.key}"
  kms_key_id = aws_kms_key.table.arn
}

resource "aws_cloudwatch_log_group" "bot" {
  name              = "/cocm-bot"
  retention_in_days = var.log_days
}

resource "aws_ecs_cluster" "bot" {
  name = "cocm-bot"
}

resource "aws_ecs_task_definition" "bot" {
  family                   = "cocm-bot"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  task_role_arn            = aws_iam_role.bot.arn
  execution_role_arn       = aws_iam_role.starter.arn

  container_definitions = jsonencode([{
    name                   = "cocm-bot"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    stopTimeout            = 60
    portMappings           = [{ containerPort = 3000 }]
    linuxParameters        = { initProcessEnabled = true }
    environment = [
      { name = "AWS_DEFAULT_REGION", value = var.region },
      { name = "COCM_TABLE", value = var.table },
      { name = "COCM_METRICS", value = "emf" },
      { name = "COCM_LOG_FORMAT", value = "json" },
      { name = "COCM_DRAIN_SECONDS", value = "20" },
      { name = "COCM_REGISTRY_CREATORS", value = var.registry_creators },
    ]
    secrets = [for name, secret in aws_secretsmanager_secret.bot : { name = name, valueFrom = secret.arn }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.bot.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "bot"
      }
    }
  }])
}

resource "aws_ecs_service" "bot" {
  name            = "cocm-bot"
  cluster         = aws_ecs_cluster.bot.id
  task_definition = aws_ecs_task_definition.bot.arn
  desired_count   = var.replicas
  launch_type     = "FARGATE"

  # The new ones first: a click always finds a replica.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = var.private_subnets
    security_groups = [aws_security_group.bot.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.bot.arn
    container_name   = "cocm-bot"
    container_port   = 3000
  }

  depends_on = [aws_lb_listener.https]
}
