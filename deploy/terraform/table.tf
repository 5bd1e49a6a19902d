resource "aws_kms_key" "table" {
  description             = "The registry's table, and the bot's secrets"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "table" {
  name          = "alias/${var.table}"
  target_key_id = aws_kms_key.table.key_id
}

# As `cocm-bot table create` makes it: `cocm-bot table check` agrees.
resource "aws_dynamodb_table" "registry" {
  name                        = var.table
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "PK"
  range_key                   = "SK"
  deletion_protection_enabled = true

  attribute {
    name = "PK"
    type = "S"
  }
  attribute {
    name = "SK"
    type = "S"
  }
  attribute {
    name = "GSI1PK"
    type = "S"
  }
  attribute {
    name = "GSI1SK"
    type = "S"
  }

  global_secondary_index {
    name            = "caseload"
    hash_key        = "GSI1PK"
    range_key       = "GSI1SK"
    projection_type = "INCLUDE"
    non_key_attributes = [
      "id",
      "handle",
      "patient_mrn",
      "first_name",
      "last_name",
      "payer",
      "status",
      "status_since",
      "patient_flag",
      "date_created",
      "initial_assessment",
      "last_follow_up",
      "last_psychiatric_consult",
      "relapse_prevention_plan",
      "total_sessions",
      "minutes_this_month",
      "minutes_month",
      "course",
      "care_manager",
      "snoozed",
    ]
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.table.arn
  }

  lifecycle {
    prevent_destroy = true
    # `cocm-bot table migrate` makes another index, and drops the one above.
    ignore_changes = [global_secondary_index]
  }
}
