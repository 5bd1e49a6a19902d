output "address" {
  description = "Point the bot's public name here, and give that name to cocm-bot manifest --url."
  value       = aws_lb.bot.dns_name
}

output "secrets" {
  description = "Put the values in before the service starts."
  value       = [for secret in aws_secretsmanager_secret.bot : secret.name]
}
