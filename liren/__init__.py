"""里仁 Liren puts the governing documents of a city's communities to work."""

__version__ = "0.1.0"
