"""Commands of histories in folders."""
