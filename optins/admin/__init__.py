"""The staff's screens, one module each. What is about channels is one floor up."""
