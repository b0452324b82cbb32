"""Item models over report rows; the columns are data."""
