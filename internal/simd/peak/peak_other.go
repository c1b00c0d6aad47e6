//go:build !amd64

package peak

func multiply() (operations int, f func()) { return multiplyPlain() }

func read(x []byte) { readGo(x) }
