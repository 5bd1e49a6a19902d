"""A Slack workspace and a DynamoDB engine on this machine, for the demo and the tests."""
