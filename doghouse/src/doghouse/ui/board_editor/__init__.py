"""The page on which a dashboard is written: its JSON beside the board that it makes."""
