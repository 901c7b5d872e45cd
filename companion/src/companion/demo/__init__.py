"""`my-metric demo`: the whole house on one machine, and nothing left of it afterwards."""
