"""Encryption at rest with a practice's own key (AES-256-GCM, by the `cryptography` package).

Every practice has a random key, stored wrapped under the installation's master key. Destroying the
wrapped key makes everything sealed with it unreadable.
"""
