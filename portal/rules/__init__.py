"""Decisions: what the town may, must and must not do. No storage, no clock, no web."""
