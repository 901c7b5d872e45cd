"""Terraform's language: files as blocks, expressions as values."""
