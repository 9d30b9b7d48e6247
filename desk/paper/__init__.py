"""Letters on paper: choosing it, printing, recording what was signed by hand, comparing, and who keeps it."""
