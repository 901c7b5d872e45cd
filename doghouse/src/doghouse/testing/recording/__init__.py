"""A stretch of history, and what a monitor did in it, as a unit test that is small enough to read."""
