"""NDC periods, cooperative approaches, activities, entities, tracking arrangements and documents."""
