"""Actions against their ground truth: average precision of boxes and of tubes, accuracy, confusions."""
