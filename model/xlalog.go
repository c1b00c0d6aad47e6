package model

import (
	"fmt"
	"regexp"
)

// logVariable says from which severity on XLA logs: 0 all, 1 warnings, 2 errors, 3 what ends the process. go-xla sets it to 3 where it
// isn't set: XLA logs as errors also what is none, hundreds of times in a compilation.
const logVariable = "TF_CPP_MIN_LOG_LEVEL"

var reSeeLog = regexp.MustCompile(`(?i)errors above|see (?:the )?logs? for`)

// pointToLog tells of an error in which XLA points to its log how that is seen.
func pointToLog(err error) error {
	if err == nil || !reSeeLog.MatchString(err.Error()) {
		return err
	}
	return fmt.Errorf("%w (%s=2 has XLA print the errors that it means)", err, logVariable)
}
