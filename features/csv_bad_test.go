package features

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

func TestCSVToIPCBad(t *testing.T) {
	t.Parallel()
	pixels := CSVOptions{Types: []ColumnType{{"pixel*", Uint8}}}
	tests := []struct {
		name, csv string
		o         CSVOptions
		want      string
	}{
		{"empty", "", CSVOptions{}, "read in.csv: want a header and rows, got an empty file"},
		{"blank", "\n\r\n\n", CSVOptions{}, "read in.csv: want a header and rows, got only blank lines"},
		{"header only", "a,b\n", CSVOptions{}, "read in.csv: want rows under the header, got none"},
		{"header only, no newline", "a,b", CSVOptions{}, "read in.csv: want rows under the header, got none"},
		{"short row", "a,b,c\n1,2,3\n1,2\n", CSVOptions{}, `read in.csv: line 3: want 3 fields as in the header, got 2: column "c" is missing`},
		{"long row", "a,b\n1,2\n\n1,2,3\n", CSVOptions{}, `read in.csv: line 4: want 2 fields as in the header, got 3: nothing may follow column "b"`},
		{"short quoted row", "a,b\n\"1\n\",2\n\"1\"\n", CSVOptions{}, `read in.csv: line 4: want 2 fields as in the header, got 1: column "b" is missing`},
		{"text in a pixel", "label,pixel0,pixel1\n1,2,3\n1,2,x\n", pixels, `read in.csv: line 3, column "pixel1": want an integer in 0..255, got "x"`},
		{"big pixel", "label,pixel0,pixel1\n1,2,3\n1,256,3\n", pixels, `read in.csv: line 3, column "pixel0": want an integer in 0..255, got "256"`},
		{"quoted bad pixel", "label,pixel0\n\"1\",2\n1,\"-2\"\n", pixels, `read in.csv: line 3, column "pixel0": want an integer in 0..255, got "-2"`},
		{"float wanted", "a\n1\nx\n", CSVOptions{Types: []ColumnType{{"a", Float64}}}, `read in.csv: line 3, column "a": want a number, got "x"`},
		{"bool wanted", "a\ntrue\n0\n", CSVOptions{Types: []ColumnType{{"a", Bool}}}, `read in.csv: line 3, column "a": want true or false, got "0"`},
		{"NUL", "a,b\n1,2\n3,\x004\n", CSVOptions{}, `read in.csv: line 3, column "b": want text, got a NUL byte`},
		{"NUL in header", "a,b\x00\n1,2\n", CSVOptions{}, `read in.csv: line 1, column 2: want text, got a NUL byte`},
		{"Latin-1", "a,b\n1,x\n2,caf\xe9\n", CSVOptions{}, `read in.csv: line 3, column "b": want UTF-8, got the byte 0xe9`},
		{"Latin-1 in header", "a,\xe9\n1,x\n", CSVOptions{}, `read in.csv: line 1, column 2: want UTF-8, got the byte 0xe9`},
		{"UTF-16", "\xff\xfea\x00,\x00", CSVOptions{}, "read in.csv: want a CSV file, got UTF-16"},
		{"zip", "PK\x03\x04abcd", CSVOptions{}, "read in.csv: want a CSV file, got a zip archive"},
		{"names twice", "a,b,a\n1,2,3\n", CSVOptions{}, `read in.csv: line 1: want each column named once, got "a" for columns 1 and 3`},
		{"bare quote", "a,b\n1,2\n1,2\"\n3,4\n", CSVOptions{}, "read in.csv: line 3, byte 4: bare \" in non-quoted-field"},
		{"text after a quote", "a,b\n1,2\n\"1\"x,2\n", CSVOptions{}, "read in.csv: line 3, byte 3: extraneous or missing \" in quoted-field"},
		{"open quote", "a,b\n1,2\n\"1,2\n3,4\n", CSVOptions{}, "read in.csv: line 3: a quoted field that starts in this row is not closed properly"},
		{"long line", "a,b\n1,2\n3,44444444\n", CSVOptions{MaxLine: 8}, "read in.csv: line 3: want at most 8 bytes in a row, got more"},
		{"long quoted row", "a,b\n1,2\n3,\"4444\n444\n\"\n", CSVOptions{MaxLine: 8}, "read in.csv: line 3: want at most 8 bytes in a row, got more"},
		{"long row after a stray quote", "a,b\n1,2\n3,\"4\"44444444444\"", CSVOptions{MaxLine: 8}, "read in.csv: line 3"},
		{"stray quote in a long row", "a,b\n1,2\n3,4\"4444444444", CSVOptions{MaxLine: 8}, "read in.csv: line 3, byte 4: bare \" in non-quoted-field"},
		{"long header", "aaaaaa,b\n1,2\n", CSVOptions{MaxLine: 6}, "read in.csv: line 1: want at most 6 bytes in a row, got more"},
		{"bad glob", "a\n1\n", CSVOptions{Types: []ColumnType{{"[", Text}}}, `column pattern "[": syntax error in pattern`},
	}
	for _, tt := range tests {
		for _, block := range []int{1, 0} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				o := tt.o
				o.BlockSize, o.Workers = block, 3
				_, err := convert(t, tt.csv, o)
				if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
					t.Fatalf("block size %d\n got %v\nwant %s", block, err, tt.want)
				}
				if fault.HintOf(err) == "" {
					t.Error("no hint")
				}
			})
		}
	}
}

// The first fault in the file is the one that is told, whatever worker is done
// first.
func TestCSVToIPCFirstError(t *testing.T) {
	t.Parallel()
	text := "a,b\n" + strings.Repeat("1,2\n", 500) + "1\n" + strings.Repeat("1,2,3\n", 500)
	for range 20 {
		_, err := convert(t, text, CSVOptions{BlockSize: 64, Workers: 4})
		if err == nil || !strings.Contains(err.Error(), "line 502: want 2 fields as in the header, got 1") {
			t.Fatal(err)
		}
	}
}

// A line of a gigabyte is refused after 16 MiB of it. The files are sparse: what
// is not written reads as NUL and takes no space.
func TestCSVToIPCHugeLine(t *testing.T) {
	for _, tt := range []struct{ name, start, want string }{
		{"header", "", "line 1: want at most 16777216 bytes"},
		{"row", "a,b\n1,2\n", "line 3: want at most 16777216 bytes"},
		{"quoted", "a,b\n1,2\n\"", "line 3, column \"a\": want text, got a NUL byte"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			in := filepath.Join(dir, "in.csv")
			if err := os.WriteFile(in, []byte(tt.start), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(in, 1<<30); err != nil {
				t.Skipf("SKIPPED: no sparse files here: %v", err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := CSVToIPC(t.Context(), in, filepath.Join(dir, "out.arrow"), CSVOptions{})
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			// Everything ever allocated, garbage too, so no peak can be above it.
			if used := after.TotalAlloc - before.TotalAlloc; used > 192<<20 {
				t.Errorf("%d MiB allocated", used>>20)
			}
		})
	}
}

// full is a disk with room for a few bytes.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, &os.PathError{Op: "write", Path: "out.arrow", Err: syscall.ENOSPC}
	}
	return len(p), nil
}

func TestCSVToIPCDiskFull(t *testing.T) {
	t.Parallel()
	for _, room := range []int{0, 100, 300 << 10} {
		text := "a,b\n" + strings.Repeat("1.5,2\n", 60_000)
		_, err := convert(t, text, CSVOptions{write: func(_ string, _ os.FileMode, fn func(io.Writer) error) error {
			return fn(&full{room})
		}})
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "no space left") || !strings.Contains(fault.HintOf(err), "free some space") {
			t.Errorf("room for %d: %v (hint %q)", room, err, fault.HintOf(err))
		}
	}
}

func TestCSVToIPCBadFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.csv")
	if err := os.WriteFile(in, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("missing", func(t *testing.T) {
		_, err := CSVToIPC(t.Context(), in, filepath.Join(dir, "no", "out.arrow"), CSVOptions{})
		if !errors.Is(err, os.ErrNotExist) || !strings.Contains(fault.HintOf(err), "mkdir") {
			t.Errorf("%v (hint %q)", err, fault.HintOf(err))
		}
	})
	t.Run("read-only", func(t *testing.T) {
		if os.Getuid() <= 0 {
			t.Skip("SKIPPED: needs a user whom a read-only folder stops (not root, not Windows)")
		}
		ro := filepath.Join(dir, "ro")
		if err := os.Mkdir(ro, 0o500); err != nil {
			t.Fatal(err)
		}
		_, err := CSVToIPC(t.Context(), in, filepath.Join(ro, "out.arrow"), CSVOptions{})
		if !errors.Is(err, os.ErrPermission) || !strings.Contains(fault.HintOf(err), "may write") {
			t.Errorf("%v (hint %q)", err, fault.HintOf(err))
		}
	})
	t.Run("no input", func(t *testing.T) {
		_, err := CSVToIPC(t.Context(), filepath.Join(dir, "no.csv"), filepath.Join(dir, "out.arrow"), CSVOptions{})
		if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "no.csv") {
			t.Error(err)
		}
	})
}

func TestCSVToIPCCancelled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.csv")
	f, err := os.Create(in)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for range 100_000 {
		w.WriteString("1,2,3\n")
	}
	w.Flush()
	f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := CSVToIPC(ctx, in, filepath.Join(dir, "out.arrow"), CSVOptions{BlockSize: 1000}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
