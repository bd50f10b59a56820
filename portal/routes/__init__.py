"""Addresses: parse, call one service, choose a template."""

from portal.routes import health

HANDLERS = [health.alive, health.ready]
