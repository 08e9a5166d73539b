"""Service hours of a week, and the time worked within one day. Times of day are microseconds from midnight."""

from dataclasses import dataclass

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE

Hours = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ServiceHours:
    """When service is given: one entry per weekday from Monday, and one for make-up working days (调休) at weekends.

    Raises:
        ValueError: not seven days, or intervals that are empty, unordered, overlapping or outside the day.
    """

    week: tuple[Hours, ...]
    makeup: Hours
    zone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("A week of service hours has seven days.")
        for hours in (*self.week, self.makeup):
            edges = [edge for interval in hours for edge in interval]
            if edges != sorted(set(edges)) or (edges and not (edges[0] >= 0 and edges[-1] <= DAY)):
                raise ValueError("Service hours must be in order, apart and within one day.")


def hours(*intervals: str) -> Hours:
    """``hours("09:00-12:00", "13:00-17:00")``; 24:00 is the end of the day."""
    return tuple((_time(start), _time(end)) for start, end in (interval.split("-") for interval in intervals))


def _time(text: str) -> int:
    hour, minute = text.strip().split(":")
    return (int(hour) * 60 + int(minute)) * MINUTE


OFFICE = hours("09:00-12:00", "13:00-17:00")
DEFAULT_HOURS = ServiceHours(week=(OFFICE,) * 5 + ((),) * 2, makeup=OFFICE)


def total(plan: Hours) -> int:
    """All the service time of a day."""
    return sum(end - start for start, end in plan)


def worked(plan: Hours, until: int) -> int:
    """The service time of a day up to a time of day."""
    return sum(max(0, min(end, until) - start) for start, end in plan)


def earliest(plan: Hours, amount: int) -> int:
    """The earliest time of day by which ``amount`` (more than 0, at most the day's total) is worked."""
    for start, end in plan:
        if amount <= end - start:
            return start + amount
        amount -= end - start
    raise ValueError("The day has less service time than that.")


def latest(plan: Hours, amount: int) -> int:
    """The latest time of day at which no more than ``amount`` (less than the day's total) is worked."""
    for start, end in plan:
        if amount < end - start:
            return start + amount
        amount -= end - start
    raise ValueError("The day has no service time beyond that.")
