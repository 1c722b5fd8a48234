//go:build unix

package postgrestest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

func start() (*cluster, error) {
	dir, err := os.MkdirTemp("", "liksom-postgres-")
	if err != nil {
		return nil, err
	}
	files := map[string]string{"settings": fmt.Sprintf(settings, dir), "doors": doors}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil { //nolint:gosec // another user reads it
			return nil, err
		}
	}
	as, err := servant(dir)
	if err != nil {
		return nil, err
	}
	in, open, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	told, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	program := exec.Command("sh", "-c", keeper, find(), dir) //nolint:gosec,noctx // ours, and it outlives the test that starts it
	program.Stdin, program.Stdout = in, out
	program.Env = append(os.Environ(), "LC_ALL=C")
	// A group of its own: an interrupt at the keyboard is for the tests.
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	err = program.Start()
	err = errors.Join(err, in.Close(), out.Close())
	if err != nil {
		return nil, err
	}
	lines := bufio.NewReader(told)
	if line, _ := lines.ReadString('\n'); line != "up\n" {
		rest, _ := io.ReadAll(lines)
		return nil, fmt.Errorf("PostgreSQL does not start: %s%s", line, rest)
	}
	return &cluster{dir, open}, told.Close()
}

// servant is whom the server runs as: it refuses to be the superuser's.
func servant(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
	}
	return nil, errors.New("PostgreSQL does not run as the superuser, and there is no user postgres or nobody; run the tests as somebody else")
}
