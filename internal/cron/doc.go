// Package cron reads cron expressions and says when they come due in a time zone, right over changes of the clock.
//
// It owns the grammar of the five fields, the search for the next due time, the names of time zones, and the same times
// written for systemd. It knows nothing of experiments and never waits.
//
// The grammar is that of cron(8): minute, hour, day of the month, month, day of the week, each `*`, a number, a range
// a-b, these with a step (`*/5`, `8-18/2`), or a list of them with commas; months and days also by their first three
// letters; 7 is Sunday too. Where both days are restricted (neither begins with `*`), either is enough.
//
// When clocks change (the rules of Vixie's and Debian's cron):
//
//   - an expression for certain hours (`30 2 * * *`) comes due once a day whatever the clocks do: a time that the clock
//     jumps over comes due at the first moment after the jump, several such times once; a time that the clock shows twice
//     comes due the first time only;
//   - an expression for every hour (`*/10 * * * *`, `0 * * * *`) follows the clock as it shows: it keeps its rhythm, in
//     the repeated hour too, and nothing is made up for an hour that is not there.
//
// robfig/cron, the usual library, is what the tests compare with. It is not used here, because it loses a day's run where the
// clock jumps over it, repeats it where the clock goes back, knows no day 7, gives up after five years (29 February
// may be eight away), and its errors have no place.
package cron
