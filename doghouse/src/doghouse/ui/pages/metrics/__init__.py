"""The pages about metrics: the explorer, and what is known of each metric."""
