"""Files of consents, in and out: reading, checking, foreseeing, recording; and exports."""
