"""Training of the built-in tracker `talpose-small`: generator, trainer, validation. Not part of the wheel."""
