"""Boxes against their ground truth, by the rules of COCO."""
