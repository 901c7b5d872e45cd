"""The language that logs, events and monitors are searched with: read into a tree, printed back, and matched."""
