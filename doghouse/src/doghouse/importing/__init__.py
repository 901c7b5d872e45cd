"""What comes from elsewhere: monitors in files and folders, Terraform's JSON, the history of a real account."""
