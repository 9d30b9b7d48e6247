"""Work on one case at the desk and in the bodies: completeness, questions, opinions, recommendation."""
