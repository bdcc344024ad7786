"""Who asks: from what a request brings with it to a viewer, or to the refusal that says nothing more."""
