"""Distributions: sketches of many values."""
