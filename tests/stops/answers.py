"""What the gate answers now for each of the two purposes of the demo."""

TIPS, VISITS = "health-tips", "appointment-reminders"


def reasons(clinic, **more):
    return [clinic.gate(key, **more)["reason"] for key in (VISITS, TIPS)]
