"""Pages about fees: what a case owes, the notice that asks for it, and the proof of payment."""
