"""Slack in and out: the only user of slack_bolt and slack_sdk."""
