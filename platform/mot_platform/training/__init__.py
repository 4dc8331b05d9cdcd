"""Training on Ray Train: clips in, checkpoints and MLflow metrics out."""
