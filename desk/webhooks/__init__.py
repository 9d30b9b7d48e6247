"""Events out: the endpoints of programs, the signed messages that go to them, and what became of each."""
