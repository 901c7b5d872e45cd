"""What widgets show: their lines, values and states."""
