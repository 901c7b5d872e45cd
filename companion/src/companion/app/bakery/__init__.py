"""The bakery: shops that take orders online and want to throw away less bread. The app has its routes; `my-metric load --bakery` plays its customers."""
