"""What is known of a metric beside its points."""
