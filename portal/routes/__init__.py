"""Addresses: parse, call one service, choose a template."""

from portal.routes import health, pages

HANDLERS = [health.alive, health.ready, pages.home, pages.privacy, pages.accessibility]
