"""What the Agent reports about its host."""
