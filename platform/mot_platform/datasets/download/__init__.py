"""Data sets of others brought onto this disk: where they are, fetching that survives faults, unpacking."""
