"""Steps the monitors each minute, and puts the notifications of a server together."""
