"""The commands `doghouse agent …`."""
