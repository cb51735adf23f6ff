"""Control plane and execution plane; nothing in here imports Qt."""
