"""Time: a clock as an argument, lengths of time, zones, and times as text."""
