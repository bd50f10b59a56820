"""Invented records: a demo to look at, and a whole year to measure with."""
