"""Tracks against their ground truth: CLEAR, Identity, HOTA, and how long identities are wrong."""
