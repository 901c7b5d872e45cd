"""What `doghouse backtest` and `doghouse record` are given, and one monitor after the other over it."""
