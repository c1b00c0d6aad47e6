package devices

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"time"

	"golang.org/x/sys/unix"
)

func flock(file *os.File, how int) error {
	for {
		err := unix.Flock(int(file.Fd()), how)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, unix.EINTR):
			return &os.PathError{Op: "flock", Path: file.Name(), Err: err}
		}
	}
}

// unlock frees a lock now: closing the file alone would not while a child that is about to begin has a copy of it.
func unlock(file *os.File) {
	_ = flock(file, unix.LOCK_UN)
	file.Close()
}

// note writes into a locked file who has it, for people.
func note(file *os.File) {
	who := fmt.Sprint("user ", os.Getuid())
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	host, _ := os.Hostname() // the name of the container, where it is one
	text := fmt.Sprintf("pid %d of %s on %s (since %s)", os.Getpid(), who, host, time.Now().Format("02 Jan 15:04"))
	_ = file.Truncate(0)
	_, _ = file.WriteAt([]byte(text), 0)
}
