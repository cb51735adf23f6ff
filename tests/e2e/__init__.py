"""The whole line from outside: the real application and engine, a real screen, a person's hands."""
