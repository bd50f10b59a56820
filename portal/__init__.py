"""Çözüm Merkezi: what the town asks, what the town hall answers."""
