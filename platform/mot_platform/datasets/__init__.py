"""Data sets of others and custom ones: fetched, checked, and put into one Parquet index to train from."""
