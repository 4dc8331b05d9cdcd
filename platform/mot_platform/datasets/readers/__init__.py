"""Label files and videos of all kinds, read into the one shape of `mot_platform.datasets.source`."""
