"""What is known of a person: measures, and later wearables, genomics and imaging."""
