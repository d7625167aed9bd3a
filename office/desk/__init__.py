"""The desk: the office's web page and what stands behind it. Beside the receiver, never inside it."""
