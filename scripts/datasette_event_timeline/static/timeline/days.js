/**
 * Converts days to numbers and back, as in the database: 1 is 1 January of the year 1 in the
 * proleptic Gregorian calendar, earlier days are 0 and below. Time zones play no part.
 *
 * The conversion uses cycles of 400 years (146,097 days) and counts from 1 March of the year 0, so
 * that a leap day is the last day of a year.
 */

const DAYS_IN_400_YEARS = 146097;
// Days from 1 March of the year 0 to 1 January of the year 1.
const MARCH_TO_JANUARY = 306;

export const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];

/**
 * @param {number} year astronomical: 0 is 1 BCE
 * @param {number} month 1 to 12
 * @param {number} day 1 to 31
 * @returns {number} the day's number
 */
export function ordinal(year, month, day) {
  const shifted = month > 2 ? year : year - 1;
  const cycle = Math.floor(shifted / 400);
  const yearOfCycle = shifted - cycle * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfCycle =
    yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear;
  return cycle * DAYS_IN_400_YEARS + dayOfCycle - MARCH_TO_JANUARY + 1;
}

/** @param {number} number a day's number @returns {[number, number, number]} its year, month and day */
export function fromOrdinal(number) {
  const days = Math.floor(number) + MARCH_TO_JANUARY - 1;
  const cycle = Math.floor(days / DAYS_IN_400_YEARS);
  const dayOfCycle = days - cycle * DAYS_IN_400_YEARS;
  const yearOfCycle = Math.floor(
    (dayOfCycle -
      Math.floor(dayOfCycle / 1460) +
      Math.floor(dayOfCycle / 36524) -
      Math.floor(dayOfCycle / 146096)) /
      365,
  );
  const dayOfYear =
    dayOfCycle -
    (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** @param {number} year @returns {string} the year as on the server: 44 BCE, 79 CE, 2015, 12,000 */
export function yearWords(year) {
  const count = year > 0 ? year : 1 - year;
  const words = count > 9999 ? count.toLocaleString("en") : String(count);
  if (year <= 0) return `${words} BCE`;
  return year < 1000 ? `${words} CE` : words;
}

/** @param {number} number @returns {string} such as "18 March 2015" */
export function dayWords(number) {
  const [year, month, day] = fromOrdinal(number);
  return `${day} ${MONTHS[month - 1]} ${yearWords(year)}`;
}

/**
 * @param {number} first a day's number
 * @param {number} last a day's number
 * @returns {string} the days from first to last as an EDTF interval; an interval of years if a
 *   year has more than four digits
 */
export function edtfInterval(first, last) {
  return `${edtfDay(first, last)}/${edtfDay(last, first)}`;
}

/** @param {number} number @param {number} other the other end of the interval */
function edtfDay(number, other) {
  const [year, month, day] = fromOrdinal(number);
  const [otherYear] = fromOrdinal(other);
  if (Math.max(Math.abs(year), Math.abs(otherYear)) > 9999) {
    return Math.abs(year) > 9999 ? `Y${year}` : signed(year);
  }
  return `${signed(year)}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** @param {number} year @returns {string} four digits, with a minus before the year 0 */
function signed(year) {
  return (year < 0 ? "-" : "") + String(Math.abs(year)).padStart(4, "0");
}
