"""The `cocm-bot manifest` command: the Slack app's manifest, ready to be pasted."""

from importlib.resources import files
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cocm_bot.cli.printing import write_data
from cocm_bot.domain.errors import InvalidInput

EXAMPLE = "https://cocm.example.org"
"""A placeholder in manifest.yaml for the bot's own address."""
ONE_TOKEN, TOKENS_ROTATED = "token_rotation_enabled: false", "token_rotation_enabled: true"
OAUTH = "oauth_config:\n"
REDIRECT = f"  redirect_urls:\n    - {EXAMPLE}/slack/oauth_redirect\n"
HTTP_MODE, SOCKET_MODE = "socket_mode_enabled: false", "socket_mode_enabled: true"

app = typer.Typer(add_completion=False)


@app.command("manifest")
def manifest_command(
    url: Annotated[
        str | None, typer.Option(help="The bot's public HTTPS address, like https://cocm.clinic.org.")
    ] = None,
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="For a bot that Slack can't reach: no address is needed.")
    ] = False,
    several_workspaces: Annotated[
        bool, typer.Option("--several-workspaces", help="For workspaces that install the app themselves.")
    ] = False,
) -> None:
    """Print the Slack app's manifest with the bot's address in it.

    It is for "Create New App → From an app manifest". Exit 1 if the address is not one that Slack takes.
    """
    if socket_mode == (url is not None):
        raise InvalidInput("Give --url with the bot's public address, or --socket-mode.")
    text = files("cocm_bot").joinpath("manifest.yaml").read_text(encoding="utf-8")
    if several_workspaces:
        if socket_mode:
            raise InvalidInput("Several workspaces install the app over HTTP: give --url.")
        text = text.replace(ONE_TOKEN, TOKENS_ROTATED).replace(OAUTH, OAUTH + REDIRECT)
    text = text.replace(HTTP_MODE, SOCKET_MODE) if url is None else text.replace(EXAMPLE, _address(url))
    body = text[text.index("_metadata:") :]  # what comes before says how to do this by hand
    write_data([body.rstrip("\n")])


def _address(url: str) -> str:
    parts = urlsplit(url)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme != "https" or not parts.hostname or not bare or any(not c.isprintable() for c in url):
        raise InvalidInput("Slack takes an HTTPS address without a path, like https://cocm.clinic.org.")
    return f"https://{parts.netloc}"
