"""A stand-in for the Turn.io messaging platform, and a phone to play with in the browser.

A program of its own: it imports nothing of the portal, needs only the standard library, listens
on loopback alone, and keeps everything in memory. It serves the demo and the tests; README.md
describes its interface.
"""
