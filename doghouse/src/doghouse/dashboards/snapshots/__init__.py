"""Pictures of graphs, and where the ones that snapshots made are kept."""
