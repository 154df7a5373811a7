"""Pure parts of peer support: who may talk with whom, and the training."""
