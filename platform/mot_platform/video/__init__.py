"""Video in and out: index, split, decode at model size, live sources, annotated video."""
