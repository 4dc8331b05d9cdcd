"""One self-contained HTML page about a run of the main job."""
