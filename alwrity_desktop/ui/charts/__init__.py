"""Charts: drawing only, fed with plain numbers and names."""
