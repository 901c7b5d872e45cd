"""The pages: what each shows, and what its script asks for."""
