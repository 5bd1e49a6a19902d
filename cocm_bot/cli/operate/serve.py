"""The `cocm-bot serve` command."""

import typer

from cocm_bot import logs
from cocm_bot.config import load_settings
from cocm_bot.serving import serve

app = typer.Typer(add_completion=False)


@app.command("serve")
def serve_command() -> None:
    """Serve a Slack workspace until stopped."""
    settings = load_settings()
    logs.configure(settings.log_level, settings.log_format)
    serve(settings)
