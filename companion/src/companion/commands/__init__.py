"""What the commands that speak to an account do, and how a plan reads."""
