"""Countries: their ISO 3166-1 codes, and the English names that people look for."""

from functools import cache

import iso3166

# ISO 3166 has the names that countries give themselves; readers look for the everyday ones.
_EVERYDAY_NAMES = {
    "BO": "Bolivia",
    "BN": "Brunei",
    "CD": "Congo (Kinshasa)",
    "CG": "Congo (Brazzaville)",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "GB": "United Kingdom",
    "IR": "Iran",
    "KP": "North Korea",
    "KR": "South Korea",
    "LA": "Laos",
    "MD": "Moldova",
    "NL": "Netherlands",
    "PS": "Palestine",
    "RU": "Russia",
    "SY": "Syria",
    "TR": "Turkey",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "United States",
    "VA": "Vatican City",
    "VE": "Venezuela",
    "VG": "British Virgin Islands",
    "VI": "US Virgin Islands",
    "VN": "Vietnam",
}


# What the database holds for a blank cell, as in every facet (columns.UNKNOWN).
NO_COUNTRY = "unknown"


def is_country(code: str) -> bool:
    """Whether a text is an ISO 3166-1 code of two capitals."""
    return code in iso3166.countries_by_alpha2


def country_name(code: str) -> str:
    """Return the everyday English name for a code, such as Syria for SY.

    A text that is no code is returned as it is.
    """
    if not is_country(code):
        return code
    return _EVERYDAY_NAMES.get(code) or iso3166.countries_by_alpha2[code].apolitical_name


def country_label(code: str) -> str:
    """Return the name to show for the country of an event, from a code or NO_COUNTRY."""
    return "no single country" if code == NO_COUNTRY else country_name(code)


@cache
def codes_by_name() -> dict[str, str]:
    """Return the codes by the names and other codes of the countries, in lower case."""
    names = {"uk": "GB", "britain": "GB"}
    for country in iso3166.countries_by_alpha2.values():
        code = country.alpha2
        for name in (country_name(code), country.name, country.alpha3, code):
            names.setdefault(name.casefold(), code)
    return names
