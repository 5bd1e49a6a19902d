variable "region" {
  description = "The AWS region everything is in."
  type        = string
  default     = "us-east-1"
}

variable "table" {
  description = "The name of the DynamoDB table."
  type        = string
  default     = "cocm-registry"
}

variable "image" {
  description = "The bot's image, by digest: repository@sha256:…"
  type        = string
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image by its digest: a tag can be moved."
  }
}

variable "vpc_id" {
  description = "The network the service runs in."
  type        = string
}

variable "public_subnets" {
  description = "Two subnets or more, for the load balancer."
  type        = list(string)
}

variable "private_subnets" {
  description = "Two subnets or more with a way out to Slack and AWS, for the bot."
  type        = list(string)
}

variable "certificate_arn" {
  description = "The certificate of the bot's public name, in ACM."
  type        = string
}

variable "replicas" {
  description = "How many processes serve: two or more, so that one can go at any time."
  type        = number
  default     = 2
}

variable "registry_creators" {
  description = "E-mail addresses, with commas between, of those who may set up a registry from Slack."
  type        = string
  default     = ""
}

variable "alarm_topic_arn" {
  description = "The SNS topic that is notified of alarms."
  type        = string
}

variable "log_days" {
  description = "How long logs are kept. They hold no health data."
  type        = number
  default     = 90
}
