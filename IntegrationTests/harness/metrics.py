"""The Prometheus text format, as far as tests need it."""

from __future__ import annotations

import re

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: \S+)?$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')


class Metrics:
    """One scrape. Raises ValueError on a line that is not the format."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples: list[tuple[str, dict[str, str], float]] = []
        self.types: dict[str, str] = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                name, kind = line[7:].split(" ", 1)
                if name in self.types:
                    raise ValueError(f"TYPE twice: {name}")
                self.types[name] = kind
            elif line and not line.startswith("#"):
                self.samples.append(self._sample(line))

    @staticmethod
    def _sample(line: str) -> tuple[str, dict[str, str], float]:
        match = _SAMPLE.match(line)
        if not match:
            raise ValueError(f"not a sample: {line!r}")
        name, labels, value = match.groups()
        found = _LABEL.findall(labels or "")
        if labels and "".join(f'{key}="{text}",' for key, text in found).rstrip(",") != labels.rstrip(","):
            raise ValueError(f"bad labels: {line!r}")
        return name, dict(found), float(value)

    def values(self, name: str, **labels: str) -> list[float]:
        return [
            value
            for sample, have, value in self.samples
            if sample == name and all(have.get(key) == labels[key] for key in labels)
        ]

    def total(self, name: str, **labels: str) -> float:
        """Sum over every sample with these labels; 0 when there is none."""
        return sum(self.values(name, **labels))

    def names(self) -> set[str]:
        return {name for name, _, _ in self.samples}
