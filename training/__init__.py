"""What makes the weights that ship. No part of the installed package."""
