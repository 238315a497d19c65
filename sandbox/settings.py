"""How the sandbox was started: flags, the portal's demo description, and the environment."""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.exchange import Json

HELP = "A stand-in for the Turn.io messaging platform, with a phone, on 127.0.0.1."


@dataclass(frozen=True, slots=True)
class Settings:
    """`tokens` maps a name, which may be shown, to the secret, which may not."""

    port: int = 8001
    organisation: str = "Organisation"
    number: str = ""
    hook_url: str = ""
    hook_secret: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    limit: int = 60
    limit_seconds: float = 60
    channels: tuple[Json, ...] = ()


def read_settings(arguments: Sequence[str]) -> Settings:
    """Flags win over the config file; SystemExit with a sentence when something is wrong."""
    flags = _parser().parse_args(arguments)
    config = _read_config(flags.config) if flags.config else {}
    channel = _turn_channel(config)
    return Settings(
        port=flags.port,
        organisation=str(config.get("organisation") or "organisation").replace("-", " ").title(),
        number=_digits(flags.number or config.get("sender", {}).get("number") or ""),
        hook_url=flags.hook_url or channel.get("hook_url") or "",
        hook_secret=flags.hook_secret or channel.get("secret") or "",
        tokens=_tokens(config, flags.token),
        limit=flags.limit,
        limit_seconds=flags.limit_seconds,
        channels=tuple(dict(row) for row in config.get("channels", []) if row.get("hook_url")),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=HELP)
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    parser.add_argument("--config", type=Path, help="what `seed_demo --json` printed")
    parser.add_argument("--token", action="append", default=[], help="may be given repeatedly")
    parser.add_argument("--number", help="the organisation's number")
    parser.add_argument("--hook-url", help="where webhooks go; an address on this machine")
    parser.add_argument("--hook-secret", help="what webhooks are signed with")
    parser.add_argument("--limit", type=int, default=60, help="calls per bucket and window")
    parser.add_argument("--limit-seconds", type=float, default=60, help="length of a window")
    return parser


def _read_config(path: Path) -> Json:
    try:
        config: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"sandbox: cannot read {path}: {error}") from error
    if not isinstance(config, dict):
        raise SystemExit(f"sandbox: {path} holds no JSON object")
    return config


def _turn_channel(config: Json) -> Json:
    """The first chat channel over Turn.io; nothing when there is none."""
    for channel in config.get("channels", []):
        if (channel.get("kind"), channel.get("provider")) == ("whatsapp_thread", "turn"):
            return dict(channel)
    return {}


def _tokens(config: Json, given: list[str]) -> dict[str, str]:
    """Named secrets; an empty one is left out, for it would let everybody in."""
    named = {
        "portal": os.environ.get("SANDBOX_SENDER_TOKEN", ""),
        "sandbox": config.get("sandbox", {}).get("token") or "",
    }
    named |= {f"token-{place}": token for place, token in enumerate(given, start=1)}
    return {name: token for name, token in named.items() if token}


def _digits(number: str) -> str:
    return "".join(character for character in number if character in "0123456789")
