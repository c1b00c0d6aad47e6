package machine

import (
	"os"
	"runtime"
	"testing"
)

func TestFileSystemOf(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("on Linux only")
	}
	f, err := FileSystemOf(t.TempDir())
	if err != nil || f.Type == "" || f.Free <= 0 || f.ReadOnly {
		t.Errorf("%+v, %v", f, err)
	}
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		if f, err := FileSystemOf("/dev/shm"); err != nil || f.Type != "tmpfs" || !f.Volatile || f.Network {
			t.Errorf("/dev/shm: %+v, %v", f, err)
		}
	}
	if _, err := FileSystemOf("/nowhere/at/all"); err == nil {
		t.Error("a folder that isn't there is on a file system")
	}
}
