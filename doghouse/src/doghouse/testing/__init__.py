"""Unit tests of monitors: the file that holds them, and how they are run."""
