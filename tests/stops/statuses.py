"""What a platform reports of a message that it could not deliver."""


def refused(number, at):
    stamp = str(int(at.timestamp()))
    return {"id": f"wamid.{number}", "status": "failed", "recipient_id": number, "timestamp": stamp,
            "errors": [{"code": 131050}]}  # fmt: skip
