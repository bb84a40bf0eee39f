"""What runs on the machine of a tracking server."""
