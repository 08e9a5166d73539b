"""What the engine refuses: a code, and the facts that go with it. Words are made of them where a reader is known."""

from typing import Any

#: Marks a sentence for the catalogue; the engine itself knows no languages.
_ = str

#: What each code says, with holes for its facts.
SAYS = {
    # Files.
    "file_missing": _("{file}: there is no such file."),
    "pbf_broken": _("{file}: not a whole OpenStreetMap extract; it is cut off or damaged. Fetch it again."),
    "pbf_no_way": _("{file}: holds no way that may be used {mode}."),
    "pbf_trap": _("{file}: unpacks to far more than an honest extract of its size, and is not read."),
    "too_many_edges": _("{file}: holds more than {most} pieces of ways. Cut it to the city first."),
    "graphml_broken": _("{file}: no whole GraphML file; it is cut off or damaged. Write it again."),
    "graphml_doctype": _("{file}: carries a document type, which no network needs. Save it without one."),
    "graphml_crs": _("{file}: is in {crs}; convert it to WGS 84 (EPSG:4326) first."),
    "graphml_part": _("{file}: a node or edge is not whole (“{part}”). Write the file again."),
    "graphml_no_edge": _("{file}: holds no edge that may be used {mode}."),
    "lines_broken": _(
        "{file}: cannot be read as lines; it is cut off, damaged, or of another kind than its name says."
    ),
    "lines_none": _("{file}: holds no line."),
    "lines_crs_unknown": _("{file}: “{crs}” is no coordinate system that is known. Write it like EPSG:4547."),
    "lines_crs_elsewhere": _("{file}: says {crs}, but its coordinates do not lie there."),
    "rules_missing": _("There are no rules of the way “{name}”; there are: walk, cycle."),
    "rules_broken": _("{file}: these rules of the way are not whole ({part})."),
    # Coordinates and edges.
    "coordinates_missing": _("{name}: {many} points have no coordinates, first number {first}."),
    "coordinates_swapped": _(
        "{name}: point {number} has coordinates {lon}, {lat}, which are not degrees."
        " Longitude and latitude look exchanged: longitude comes first."
    ),
    "coordinates_metres": _(
        "{name}: point {number} has coordinates {lon}, {lat}, which are not degrees."
        " They look like metres of a projection: name it (crs) or convert to EPSG:4326."
    ),
    "edge_without_node": _("{name}: an edge names a node that is not there."),
    "lengths": _("{name}: lengths must be metres from 0 to 2,000,000, without gaps."),
    "cannot_join": _("{name}: points cannot be joined to {edges} edges within {metres} m."),
    # Paces, limits, categories.
    "pace": _("A pace of {pace} mm/s (on steps {steps}) cannot be meant."),
    "limit": _("A limit of {limit} deciseconds cannot be meant: 0 to {most}."),
    "seed": _("Seed {number} cannot be meant: node {node} of {nodes}, owner {owner}, cost {cost}."),
    "thresholds": _("Thresholds must rise, with at least one: {given}."),
    "wider_than_lists": _("A threshold of {given} ds is wider than the lists, which end at {limit}."),
    "wider_than_times": _("A threshold of {given} ds is wider than the times, which end at {limit}."),
    "no_categories": _("There must be at least one category."),
    "category_unknown": _("Category {category} is not one of {categories}."),
    "facility_without_category": _("Facility {facility} has no category."),
    "circle_category_unknown": _("Circle {circle}: category {category} is not one of {categories}."),
    "circle_category_twice": _(
        "Category {category} stands in the circles {one} and {other}: a facility of one level does not serve another."
        " Give each level a category of its own."
    ),
    "circle_wider_than_times": _("Circle {circle} reaches {limit} ds, the times only {known}."),
    "times_differ": _("Times on foot and by bicycle must have the same limit and the same rows."),
    # Sums.
    "tree_sizes": _("{parents} sets of parents need {needed} sizes, not {sizes}."),
    "tree_orphan": _("Level {level}: unit {unit} has no parent in the level above."),
    "rows_differ": _("{rows} rows for {compounds} compounds."),
    "sums_inexact": _("The sums of these values would not be exact."),
    # What if, and where best.
    "place_far": _("The place lies farther than {metres} m from every way."),
    "category_empty": _("There is no facility of this category to close or move."),
    "facility_unknown": _("There is no facility {facility} to close."),
    "moment_unknown": _("There is no weekday {weekday} with the time {time}."),
    "minute_unknown": _("A week has no minute {minute}."),
    "hours_without_moment": _("Opening hours change nothing where no weekday and time are asked about."),
    "hours_unread": _("These opening hours are not understood: {hours}"),
    "way_too_long": _("A gate or crossing of {metres} m can't be meant: at most {most} m."),
    "way_off_network": _("A way is opened between two points that are both on the network."),
    "way_impossible": _("No way can be opened between the nodes {a} and {b}."),
    "way_not_open": _("The way between the nodes {a} and {b} is not open."),
    "way_missing": _("There is no way between the nodes {a} and {b} to close."),
    "siting_numbers": _(
        "Weights must not be negative, costs must be 1 or more for each candidate, the budget 0 or more."
    ),
    "siting_inexact": _("The sums of these weights or costs would not be exact."),
    "no_solver": _("A proof needs the package highspy: pip install 'liren[proof]'."),
}
#: Facts that are words themselves.
WORDS = {
    "walk": _("on foot"),
    "cycle": _("by bicycle"),
    "points": _("The points"),
    "network": _("The network"),
    "compounds": _("The compounds"),
    "facilities": _("The facilities"),
    "place": _("The place"),
}


class LifeCircleError(ValueError):
    """An input from which no right answer can be had: ``code`` of ``SAYS``, and its ``facts``, all words and numbers.

    As a text it is English, for whoever writes code or reads a log.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, {name: _plain(value) for name, value in facts.items()}
        words = {name: WORDS.get(value, value) if name in ("mode", "name") else value for name, value in facts.items()}
        super().__init__(SAYS[code].format(**words) if code in SAYS else code)

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors come back from other machines whole."""
        return _again, (type(self), self.code, self.facts)


def _plain(value: Any) -> Any:
    """A number of NumPy as one of Python's: facts are kept and sent as JSON."""
    return value.item() if hasattr(value, "item") else value


def _again(kind: type[LifeCircleError], code: str, facts: dict[str, Any]) -> LifeCircleError:
    return kind(code, **facts)


class NetworkUnreadable(LifeCircleError):
    """A file that is no network, or not all of one."""


class BadCoordinates(LifeCircleError):
    """Coordinates that are not longitude and latitude in degrees."""


class BadParameter(LifeCircleError):
    """A limit, pace, category or candidate that cannot be meant."""
