"""What checks and DogStatsD's clients submit, and how it becomes points and sketches."""
