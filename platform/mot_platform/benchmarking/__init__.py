"""Ours and other people's software side by side in one run."""
