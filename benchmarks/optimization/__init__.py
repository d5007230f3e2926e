"""What a step of test-time optimization costs with a full-size network, beside the recipe done plainly."""
