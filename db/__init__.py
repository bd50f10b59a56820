"""Storage. Imports nothing from portal."""
