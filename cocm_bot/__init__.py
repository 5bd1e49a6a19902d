"""cocm_bot: the Collaborative Care patient registry as a Slack bot."""
