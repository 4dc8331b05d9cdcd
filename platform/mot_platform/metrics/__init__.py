"""Scores of detections, identities and actions against ground truth."""
