"""The decision desk: one screen with all that a decision rests on, and the acts that decide."""
