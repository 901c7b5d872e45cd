"""What the page does on which a monitor is written: reading it as it stands, its form, the files that it is tried over."""
