"""How good generated images are, each number beside the same of real ones."""
