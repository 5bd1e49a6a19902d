# The bot's own role: the policy of docs/iam.md, word for word.
data "aws_iam_policy_document" "bot" {
  statement {
    sid    = "ReadAndWriteItems"
    effect = "Allow"
    actions = [
      "dynamodb:GetItem",
      "dynamodb:BatchGetItem",
      "dynamodb:Query",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:ConditionCheckItem",
    ]
    resources = [
      aws_dynamodb_table.registry.arn,
      "${aws_dynamodb_table.registry.arn}/index/caseload",
      "${aws_dynamodb_table.registry.arn}/index/caseload-2",
    ]
  }

  statement {
    sid       = "NeverRewriteHistory"
    effect    = "Deny"
    actions   = ["dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    resources = [aws_dynamodb_table.registry.arn]
    condition {
      test     = "ForAnyValue:StringLike"
      variable = "dynamodb:LeadingKeys"
      values = [
        "patient-log:*",
        "access-log:*",
        "audit-checkpoint:*",
        "workspace:*:patient-log:*",
        "workspace:*:access-log:*",
        "workspace:*:audit-checkpoint:*",
      ]
    }
  }

  statement {
    sid    = "UseTheKeyThroughDynamoDB"
    effect = "Allow"
    actions = [
      "kms:Encrypt",
      "kms:Decrypt",
      "kms:ReEncrypt*",
      "kms:GenerateDataKey*",
      "kms:DescribeKey",
    ]
    resources = [aws_kms_key.table.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "assumed_by_tasks" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.here.account_id]
    }
  }
}

resource "aws_iam_role" "bot" {
  name               = "cocm-bot"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

resource "aws_iam_role_policy" "bot" {
  role   = aws_iam_role.bot.id
  policy = data.aws_iam_policy_document.bot.json
}

# What starts the container: it pulls the image, writes the log, and reads the secrets; nothing of the table.
resource "aws_iam_role" "starter" {
  name               = "cocm-bot-starter"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

resource "aws_iam_role_policy_attachment" "starter" {
  role       = aws_iam_role.starter.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in aws_secretsmanager_secret.bot : secret.arn]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.table.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "secrets" {
  role   = aws_iam_role.starter.id
  policy = data.aws_iam_policy_document.secrets.json
}
