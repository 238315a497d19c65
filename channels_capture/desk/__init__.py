"""``/desk/``: staff collect in a call or in person, online or off; and people by themselves, at a kiosk.

What staff write down proves nothing. The code that the person sends from their own WhatsApp does.
"""
