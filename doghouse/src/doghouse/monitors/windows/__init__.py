"""What a metric monitor's windows are worth: points of a source → one value a group and tick, in columns. No state, no clock, no network."""
