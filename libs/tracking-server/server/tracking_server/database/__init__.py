"""The backend store: how it is reached, who logs in, and its schema."""
