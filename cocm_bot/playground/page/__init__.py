"""The workspace's face in the browser: what a person sees there, does there, and where it came from."""

from cocm_bot.playground.page.page import Page
from cocm_bot.playground.page.routes import app_with_page
from cocm_bot.playground.page.seen import Command, Offer, Shortcut

__all__ = ["Command", "Offer", "Page", "Shortcut", "app_with_page"]
