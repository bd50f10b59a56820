"""Programs that measure. Run by hand; nothing here is asserted."""
