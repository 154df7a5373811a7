"""Human contact."""
