"""The common names of time zones, with the states and cities in each.

States that lie in two zones are listed in both. Source: 49 CFR part 71; the names are those of the IANA
time zone database.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Called(NamedTuple):
    """The common name of a zone, and other words that find it."""

    name: str
    places: str
    """States, then cities, with commas between them."""
    short: str = ""
    """Abbreviations."""


COMMON_NAMES: Mapping[str, Called] = MappingProxyType(
    {
        "America/New_York": Called(
            "Eastern",
            "Connecticut, Delaware, District of Columbia, Florida, Georgia, Kentucky, Maine, Maryland, "
            "Massachusetts, New Hampshire, New Jersey, New York, North Carolina, Ohio, Pennsylvania, Rhode "
            "Island, South Carolina, Vermont, Virginia, West Virginia, Atlanta, Baltimore, Boston, "
            "Charlotte, Cleveland, Columbus, Jacksonville, Miami, Orlando, Philadelphia, Pittsburgh, "
            "Raleigh, Tampa, Washington DC, NYC, New York City",
            "ET EST EDT",
        ),
        "America/Detroit": Called("Eastern (Michigan)", "Michigan, Detroit, Grand Rapids", "ET EST EDT"),
        "America/Indiana/Indianapolis": Called(
            "Eastern (Indiana)", "Indiana, Indianapolis, Fort Wayne", "ET EST EDT"
        ),
        "America/Kentucky/Louisville": Called("Eastern (Kentucky)", "Kentucky, Louisville", "ET EST EDT"),
        "America/Chicago": Called(
            "Central",
            "Alabama, Arkansas, Florida, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Minnesota, "
            "Mississippi, Missouri, Nebraska, North Dakota, Oklahoma, South Dakota, Tennessee, Texas, "
            "Wisconsin, Austin, Birmingham, Dallas, Fort Worth, Houston, Kansas City, Madison, Memphis, "
            "Milwaukee, Minneapolis, Nashville, New Orleans, Oklahoma City, Omaha, Pensacola, Saint Louis, "
            "St. Louis, Saint Paul, San Antonio, Tulsa",
            "CT CST CDT",
        ),
        "America/Denver": Called(
            "Mountain",
            "Colorado, Idaho, Kansas, Montana, Nebraska, New Mexico, North Dakota, South Dakota, Texas, "
            "Utah, Wyoming, Albuquerque, Billings, Colorado Springs, El Paso, Salt Lake City",
            "MT MST MDT",
        ),
        "America/Boise": Called("Mountain (Idaho)", "Idaho, Oregon, Boise", "MT MST MDT"),
        "America/Phoenix": Called("Mountain (Arizona)", "Arizona, Phoenix, Tucson", "MT MST"),
        "America/Los_Angeles": Called(
            "Pacific",
            "California, Idaho, Nevada, Oregon, Washington, Fresno, Las Vegas, Los Angeles, Oakland, "
            "Portland, Reno, Sacramento, San Diego, San Francisco, San Jose, Seattle, Spokane, Tacoma",
            "PT PST PDT",
        ),
        "America/Anchorage": Called("Alaska", "Alaska, Anchorage, Fairbanks", "AKST AKDT"),
        "Pacific/Honolulu": Called("Hawaii", "Hawaii, Honolulu", "HST"),
        "America/Puerto_Rico": Called("Atlantic (Puerto Rico)", "Puerto Rico, San Juan", "AST"),
        "Pacific/Guam": Called("Chamorro", "Guam, Hagåtña", "ChST"),
        "America/Toronto": Called(
            "Eastern (Canada)", "Ontario, Quebec, Montreal, Ottawa, Toronto", "ET EST EDT"
        ),
        "America/Vancouver": Called(
            "Pacific (Canada)", "British Columbia, Vancouver, Victoria", "PT PST PDT"
        ),
        "Europe/London": Called(
            "United Kingdom",
            "UK, Great Britain, England, Scotland, Wales, London, Edinburgh, Cardiff",
            "GMT BST",
        ),
        "Europe/Belfast": Called("Northern Ireland", "Northern Ireland, Belfast", "GMT BST"),
    }
)
