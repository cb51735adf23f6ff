"""The exclusive window: one machine's picture, and who has the keyboard."""
