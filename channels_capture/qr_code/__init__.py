"""Printed codes: short addresses as QR codes, and what is printed around them."""
