package model

import (
	"errors"
	"os"
	"testing"
)

// TestPointToLog: with the words that XLA has.
func TestPointToLog(t *testing.T) {
	const hint = " (TF_CPP_MIN_LOG_LEVEL=2 has XLA print the errors that it means)"
	for text, more := range map[string]string{
		"PJRT error (code=9): DNN library initialization failed. Look at the errors above for more details.":           hint,
		"All algorithms tried for the convolution failed. See logs for all failures. Example failure: CUDNN_STATUS_XY": hint,
		"failed BLAS call, see log for details": hint,
		saidOther:                               "",
	} {
		was := errors.New(text)
		if err := pointToLog(was); err.Error() != text+more || !errors.Is(err, was) {
			t.Errorf("%v", err)
		}
	}
	if err := pointToLog(nil); err != nil {
		t.Error(err)
	}
}

// TestXLAIsQuiet: go-xla, or who started this process, says how much XLA logs; else it would write all over the progress bar.
func TestXLAIsQuiet(t *testing.T) {
	if os.Getenv(logVariable) == "" && haveXLA {
		t.Errorf("nobody sets %s", logVariable)
	}
}
