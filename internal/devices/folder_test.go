package devices

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const childEnv = "DEVICES_TEST_CHILD"

// TestMain lets the test binary be another process, which takes GPU 0 of a folder and keeps it.
func TestMain(m *testing.M) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	syscall.Umask(0o077)
	release, holder, err := New(dir, nil).Try(0)
	fmt.Println("took:", release != nil, holder, err)
	time.Sleep(time.Hour)
}

// child starts a process that takes GPU 0, and waits until it has tried.
func child(t *testing.T, dir string, uid uint32) (cmd *exec.Cmd, said string) {
	t.Helper()
	bin := os.Args[0]
	if uid != 0 { // the folder of the test binary is root's alone
		bin = filepath.Join(t.TempDir(), "devices.test")
		data, err := os.ReadFile(os.Args[0])
		if err == nil {
			err = errors.Join(os.WriteFile(bin, data, 0o755), os.Chmod(filepath.Dir(bin), 0o755), os.Chmod(filepath.Dir(filepath.Dir(bin)), 0o755))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd = exec.Command(bin)
	cmd.Env, cmd.Dir = append(os.Environ(), childEnv+"="+dir), "/"
	if uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	b := make([]byte, 1000)
	n, _ := out.Read(b)
	return cmd, strings.TrimSpace(string(b[:n]))
}

func try(t *testing.T, f *Folder, device int) (release func(), holder string) {
	t.Helper()
	release, holder, err := f.Try(device)
	if err != nil {
		t.Fatal(err)
	}
	return release, holder
}

func TestKilledHolderFreesItsDevice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gpus")
	cmd, said := child(t, dir, 0)
	if said != "took: true  <nil>" {
		t.Fatal(said)
	}
	f := New(dir, nil)
	release, holder := try(t, f, 0)
	if who := fmt.Sprintf("pid %d of ", cmd.Process.Pid); release != nil || !strings.HasPrefix(holder, who) || !strings.HasSuffix(holder, ") has GPU 0") {
		t.Errorf("%t %q", release != nil, holder)
	}
	if other, _ := try(t, f, 1); other == nil {
		t.Error("GPU 1 is not free")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if release, holder = try(t, f, 0); release == nil {
		t.Errorf("its holder was killed: %s", holder)
	}
}

// TestUsersShare wants a folder that one user made, with a mask that lets nobody in, to be of use to another.
func TestUsersShare(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be two users")
	}
	base, err := os.MkdirTemp("/tmp", "devices")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	if err := os.Chmod(base, 0o1777); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "gpus")
	cmd, said := child(t, dir, 65534)
	if said != "took: true  <nil>" {
		t.Fatal(said)
	}
	another, said := child(t, dir, 65533)
	if !strings.HasPrefix(said, fmt.Sprintf("took: false pid %d of ", cmd.Process.Pid)) {
		t.Errorf("another user: %s", said)
	}
	for _, c := range []*exec.Cmd{cmd, another} {
		_ = c.Process.Kill()
		_ = c.Wait() // it was killed
	}
	if _, said := child(t, dir, 65533); said != "took: true  <nil>" {
		t.Errorf("another user, later: %s", said)
	}
}

func TestNothingButFilesAreLocked(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(mine, filepath.Join(dir, "gpu-0")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "gpu-1"), 0o666); err != nil {
		t.Fatal(err)
	}
	for device := range 2 {
		if release, _, err := New(dir, nil).Try(device); release != nil || err == nil {
			t.Errorf("GPU %d: it is taken: %v", device, err)
		}
	}
	if b, err := os.ReadFile(mine); string(b) != "mine" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

func TestDevicesByTheirNames(t *testing.T) {
	dir := t.TempDir()
	one, two := New(dir, []string{"3", "GPU-ab"}), New(dir, []string{"GPU-ab", "../5"})
	if release, _ := try(t, one, 1); release == nil {
		t.Fatal("not free")
	}
	if release, holder := try(t, two, 0); release != nil || !strings.HasSuffix(holder, "has GPU GPU-ab") {
		t.Errorf("one device, by two numbers: %q", holder)
	}
	for f, device := range map[*Folder]int{one: 0, two: 1} {
		if release, holder := try(t, f, device); release == nil {
			t.Error(holder)
		}
	}
}

// TestFileThatWasRemoved has somebody clear the folder.
func TestFileThatWasRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gpus")
	f := New(dir, nil)
	release, _ := try(t, f, 0)
	release()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if release, holder := try(t, f, 0); release == nil {
		t.Error(holder)
	}
	if release, _ := try(t, New(dir, nil), 0); release != nil {
		t.Error("taken twice")
	}
}

// TestTheOthersTurn wants a device that others wait for to be left to them.
func TestTheOthersTurn(t *testing.T) {
	dir := t.TempDir()
	busy, other := New(dir, nil), New(dir, nil)
	release, _ := try(t, busy, 0)
	release()
	release, holder := try(t, busy, 0)
	if release == nil {
		t.Fatalf("nobody waits: %s", holder)
	}
	other.Waiting(true)
	other.Waiting(true)
	release()
	if again, holder := try(t, busy, 0); again != nil || holder != "GPU 0 is left to another run that waits for it" {
		t.Errorf("another waits: %q", holder)
	}
	if release, holder = try(t, other, 0); release == nil {
		t.Fatal(holder)
	}
	other.Waiting(false)
	release()
	busy.yielded[0] = time.Time{} // as if time had passed
	if release, holder = try(t, busy, 0); release == nil {
		t.Error(holder)
	}
	release()
	if release, holder = try(t, busy, 0); release == nil {
		t.Errorf("nobody waits any more: %s", holder)
	}
}
