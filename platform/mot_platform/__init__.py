"""Everything around the network: video, datasets, metrics, Ray, MLflow, Parquet and storage."""
