"""The endpoints of monitors, and how the API answers, fills in and searches them."""
