package phoneapp_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

// BenchmarkPush is the way from a create command to the frame in the phone's
// hands.
func BenchmarkPush(b *testing.B) {
	w := newWorld(b)
	screen, _ := w.show(kari)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		w.ask(fmt.Sprintf("r%d", n), kari)
		screen.next()
	}
}

// BenchmarkConnectedPhones tells what a phone costs that is connected and has
// nothing to do; both ends of its connection are counted.
func BenchmarkConnectedPhones(b *testing.B) {
	const phones = 1000
	w := newWorld(b)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.hub.ServePhone(rw, r, strings.TrimPrefix(r.URL.Path, "/"))
	}))
	defer server.Close()
	number := func(i int) string { return fmt.Sprintf("47%08d", 20000000+i) }
	for i := range phones {
		require.NoError(b, w.directory.AddPhone(context.Background(), directory.NewPhone(number(i), "Somebody", "NO")))
	}
	for b.Loop() {
		before := inUse()
		conns := make([]net.Conn, phones)
		for i := range conns {
			conns[i] = greeted(b, server.Listener.Addr().String(), number(i))
		}
		b.ReportMetric(float64(int64(inUse())-int64(before))/phones, "bytes/phone")
		for _, c := range conns {
			_ = c.Close()
		}
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// greeted opens a socket with as little as possible on this side, and reads
// the hello.
func greeted(b *testing.B, address, number string) net.Conn {
	b.Helper()
	c, err := net.Dial("tcp", address)
	require.NoError(b, err)
	_, err = fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: phones\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", number)
	require.NoError(b, err)
	in := bufio.NewReader(c)
	for line := "-"; line != "\r\n"; {
		line, err = in.ReadString('\n')
		require.NoError(b, err)
	}
	var head [4]byte // text, a length of two bytes
	_, err = io.ReadFull(in, head[:])
	require.NoError(b, err)
	require.Equal(b, byte(126), head[1])
	_, err = io.CopyN(io.Discard, in, int64(binary.BigEndian.Uint16(head[2:])))
	require.NoError(b, err)
	return c
}
