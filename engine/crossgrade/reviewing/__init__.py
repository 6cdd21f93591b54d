"""Reviewing: what a change of policy changes, for whom, and by how much."""
