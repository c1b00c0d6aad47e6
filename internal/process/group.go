package process

import (
	"io"
	"os/exec"
	"syscall"
)

// watch is what the leader of a group does: it waits for the end of its input, the other end of which only this process
// holds, and then kills the group and itself. So nothing of the group outlives this process, however that ends. What
// asks the group to stop doesn't stop the leader.
const watch = `trap '' TERM INT HUP; read -r line; kill -KILL 0`

// group is a process group. Its leader is not waited for before close, so the group's number stays its own until then.
type group struct {
	leader *exec.Cmd
	life   io.Closer // closed, also by the end of this process, it ends the group
}

func newGroup() (*group, error) {
	leader := exec.Command("/bin/sh", "-c", watch)
	leader.Dir, leader.Env = "/", []string{}
	leader.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	life, err := leader.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := leader.Start(); err != nil {
		return nil, err
	}
	return &group{leader: leader, life: life}, nil
}

// join makes a command start in the group.
func (g *group) join(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: g.leader.Process.Pid}
}

// signal sends a signal to every process of the group. A group that is gone needs none.
func (g *group) signal(s syscall.Signal) { _ = syscall.Kill(-g.leader.Process.Pid, s) }

// close kills what is left of the group.
func (g *group) close() {
	g.signal(syscall.SIGKILL)
	_ = g.life.Close()
	_ = g.leader.Wait() // it was killed
}
