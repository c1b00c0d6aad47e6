// Package schedule watches the clock and runs an experiment when it is due.
//
// It owns the policies (a due time while a run goes on, due times that nobody watched, the limit, what follows a failure)
// and the state that outlives the process. It knows neither how an experiment is run nor where the state lies: both are
// given to it, and so is the plan; when due times are is package cron's, how a file says it the language's.
//
// A due time is on time for a minute. Older ones (the process was not there, or the machine slept) are missed: for
// `catch_up: last` the last of them is run, and with it a run that was cut off. Nothing waits longer than a minute, so a
// clock that was put right, or a machine that woke up, is noticed within one.
package schedule
