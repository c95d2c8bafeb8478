"""The stretches of a date as drawings show them, on the server and in the browser alike."""

from edtf_dates import EventDate, Stretch

# A date of more stretches than this is drawn as one.
MOST_STRETCHES = 100


def drawn_stretches(date: EventDate) -> list[Stretch]:
    """Return when an event can be under way, in order and apart, then on which days it must be.

    Where there are more than MOST_STRETCHES, all from the first day to the last is one that is
    possible.
    """
    drawn = [one for one in date.stretches if one.first <= one.last]
    if len(drawn) <= MOST_STRETCHES:
        return drawn
    possible = [one for one in drawn if not one.certain]
    return [Stretch(possible[0].first, possible[-1].last, False)]
