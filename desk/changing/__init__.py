"""Pages by which an authorisation in force is changed, suspended, revoked or given up."""
