"""The pages of volumes: where every tonne of an authorisation is, and the budget of each NDC period."""
