"""Pages and dialogs: opened, never waited for, and what is chosen applies at once."""
