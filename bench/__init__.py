"""``./dev bench``: how fast, as ratios against the stock way and the limit, measured in one run."""
