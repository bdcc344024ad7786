"""Does search find the right thing? Messages and questions written for it, a real embedding model, the real search."""
