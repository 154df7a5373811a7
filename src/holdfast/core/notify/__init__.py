"""Notifications and every attempt to deliver them."""
