"""What the plays and the program tests share: a stage, and the actors on it."""
