"""The traced Flask app: `my-metric app` serves it, `my-metric load` sends it requests."""
