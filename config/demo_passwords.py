"""How the demo keeps passwords: its own are drawn at random, so nobody guesses them, however quickly."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own way with fewer rounds, or the demo would start seconds later."""

    iterations = 1_000
