//go:build !amd64

package peak

func multiply() (operations int, f func()) { return 12 * plainRounds, multiplyGo }

func read(x []byte) { readGo(x) }
