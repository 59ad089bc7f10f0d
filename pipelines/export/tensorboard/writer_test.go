package tensorboard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 24, 4, 30, 0, 250_000_000, time.UTC)

// TestMasked: the numbers are those of the CRC-32C test vectors of RFC 3720, B.4, masked
// by hand.
func TestMasked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		b   []byte
		crc uint32
	}{{make([]byte, 32), 0x8a9136aa}, {bytes.Repeat([]byte{0xff}, 32), 0x62a8ab43}} {
		want := (c.crc>>15 | c.crc<<17) + 0xa282ead8
		if got := masked(c.b); got != want {
			t.Errorf("masked checksum %#x, want %#x", got, want)
		}
	}
}

// TestHead: the first record is that with which every event file of TensorFlow 2
// begins, but for its time: 24 bytes, of which nine are the time.
func TestHead(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := NewWriter(&out, at); err != nil {
		t.Fatal(err)
	}
	b := out.Bytes()
	if len(b) != 8+4+24+4 || b[0] != 24 || b[12] != 0x09 || string(b[21:23]) != "\x1a\x0d" || string(b[23:36]) != "brain.Event:2" {
		t.Errorf("% x", b)
	}
}

func TestFileName(t *testing.T) {
	t.Parallel()
	if got := FileName(at, "podium"); got != "events.out.tfevents.1795494600.podium" {
		t.Error(got)
	}
}

// TestOneWrite: a crash can tear only the event that is being written.
func TestOneWrite(t *testing.T) {
	t.Parallel()
	n := counter(0)
	w, err := NewWriter(&n, at)
	for _, e := range []error{err, w.Scalar(at, 1, "loss", 0.5), w.Start(at, "r", map[string]string{"a": "1", "b": "x"}), w.End(at, Success)} {
		if e != nil {
			t.Error(e)
		}
	}
	if n != 4 {
		t.Errorf("%d writes of 4 events", n)
	}
	if _, err := NewWriter(failing{}, at); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a full disk: %v", err)
	}
}

type counter int

func (c *counter) Write(b []byte) (int, error) { *c++; return len(b), nil }

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func ExampleWriter() {
	var file bytes.Buffer
	w, err := NewWriter(&file, at)
	if err != nil {
		fmt.Println(err)
		return
	}
	for epoch, loss := range []float64{0.75, 0.25} {
		if err := w.Scalar(at.Add(time.Duration(epoch)*time.Second), int64(epoch+1), "epoch/loss", loss); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(FileName(at, "mine"), file.Len())
	// Output: events.out.tfevents.1795494600.mine 136
}
