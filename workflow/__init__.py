"""The one door over the state machines, refusals, the clock, and the outbox with its delivery."""
