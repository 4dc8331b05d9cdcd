"""Weights made ready to come with the package: stored small, evaluated, described by a model card."""
