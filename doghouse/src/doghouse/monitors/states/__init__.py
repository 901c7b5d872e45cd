"""The states of a monitor's groups: what moves them, at a tick and over a stretch, and what follows for notifications."""
