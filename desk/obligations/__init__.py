"""Pages about what is asked of holders: conditions precedent, obligations, evidence and findings."""
