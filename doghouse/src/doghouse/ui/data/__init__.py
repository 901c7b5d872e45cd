"""What pages are made of, beside the numbers of widgets."""
