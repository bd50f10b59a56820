"""Addresses: parse, call one service, choose a template."""

from portal.routes import desk, health, pages, queue, sign_in

HANDLERS = [
    health.alive,
    health.ready,
    pages.home,
    pages.privacy,
    pages.accessibility,
    sign_in.show,
    sign_in.enter,
    sign_in.leave,
    desk.home,
    queue.show,
]
