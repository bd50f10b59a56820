"""The floor, tried: each program here does harm or asks much, and counts how often the promise held.

.venv/bin/python -m tests.drills.scorecard     # all of them, one line per promise
"""
