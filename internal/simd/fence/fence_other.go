//go:build !linux

// Package fence gives tests of assembly memory in which a read or write outside is seen.
package fence

import "testing"

// Memory is plain memory here: reads past the end are found on Linux only.
func Memory[T any](_ testing.TB, pages int) []T { return make([]T, pages*1024) }
