"""Detections in files to tracks in files: no network, no video."""
