//go:build !linux

package vec

import "testing"

// guarded is plain memory here: reads past the end are found on Linux only.
func guarded[T any](_ testing.TB, pages int) []T { return make([]T, pages*1024) }
