"""What each peer serves: an agent whose model is the same fake one. Run by the peers’ own Pythons and Node."""
