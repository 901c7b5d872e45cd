"""The kinds of object that belong to my_metric, and how each is found, made, changed and removed."""
