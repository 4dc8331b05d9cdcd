"""Labelling a folder of videos: every input ends as rows in Parquet or as a dead letter, exactly once."""
