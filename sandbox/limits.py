"""The platform's rate limits: a bucket per token and kind of call, and the headers that tell."""

import math
from dataclasses import dataclass, field

from sandbox.exchange import Answer, ApiError

BUCKETS = ("general", "text", "media")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one call found in its bucket; `retry_after` is 0 when the call may go on."""

    bucket: str
    limit: int
    remaining: int
    resets_at: float
    retry_after: int

    def headers(self) -> dict[str, str]:
        return {
            "X-Ratelimit-Bucket": self.bucket,
            "X-Ratelimit-Limit": str(self.limit),
            "X-Ratelimit-Remaining": str(self.remaining),
            "X-Ratelimit-Reset": str(math.ceil(self.resets_at)),
        }

    def refusal(self) -> Answer:
        return too_many(self.retry_after)


def too_many(retry_after: int) -> Answer:
    refusal = ApiError(429, 429, "Too Many Requests", "rate limited").answer()
    return refusal.with_headers({"Retry-After": str(retry_after)})


@dataclass(slots=True)
class Limits:
    """Fixed windows, each beginning with the first call after the last one ended."""

    calls: int = 60
    seconds: float = 60
    _rules: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    _used: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)

    def change(self, *, calls: int, seconds: float, token: str = "", bucket: str = "") -> None:
        """Set a limit for one token, one bucket, both or all (""); every window starts afresh."""
        self._rules[token, bucket] = (calls, seconds)
        self._used.clear()

    def take(self, token: str, bucket: str, now: float) -> Allowance:
        """Count one call; one over the limit is refused and not counted."""
        limit, seconds = self._rule(token, bucket)
        used, resets_at = self._used.get((token, bucket), (0, 0.0))
        if now >= resets_at:
            used, resets_at = 0, now + seconds
        if used >= limit:
            return Allowance(bucket, limit, 0, resets_at, max(1, math.ceil(resets_at - now)))
        self._used[token, bucket] = (used + 1, resets_at)
        return Allowance(bucket, limit, limit - used - 1, resets_at, 0)

    def _rule(self, token: str, bucket: str) -> tuple[int, float]:
        """The most particular rule wins."""
        for key in ((token, bucket), (token, ""), ("", bucket), ("", "")):
            if key in self._rules:
                return self._rules[key]
        return self.calls, self.seconds
