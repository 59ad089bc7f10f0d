package weight

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// record is a file in a zip.
type record struct {
	name, content string
	deflate       bool
}

func zipped(t testing.TB, records ...record) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, r := range records {
		h := &zip.FileHeader{Name: r.name, Method: zip.Store}
		if r.deflate {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, r.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBrokenZips(t *testing.T) {
	t.Parallel()
	tensor := "}" + named("a", torchView("FloatStorage", "0", 3, 0, "K\x03", "K\x01")) + "."
	tests := []struct {
		label   string
		records []record
		want    string
	}{
		{"another zip", []record{{"images/1.jpg", "x", false}}, `no record "data.pkl"`},
		{"twice", []record{{dataPickle, "}.", false}, {dataPickle, "}.", false}}, "there twice"},
		{"a bomb", []record{{dataPickle, strings.Repeat("N", 1<<20), true}}, "is compressed, which PyTorch never does"},
		{"a compressed storage", []record{{dataPickle, tensor, false}, {"archive/data/0", "123456789012", true}}, "is compressed"},
		{"a large pickle", []record{{dataPickle, strings.Repeat("N", maxPickle+1), false}}, "want at most 16777216"},
		{"TorchScript", []record{{dataPickle, "}.", false}, {"archive/constants.pkl", ").", false}}, "a TorchScript program"},
		{"big-endian", []record{{dataPickle, tensor, false}, {"archive/byteorder", "big", false}}, `byte order "big"`},
		{"a short storage", []record{{dataPickle, tensor, false}, {"archive/data/0", "12345678", false}}, "has 8 bytes, want 3 values of F32"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			t.Parallel()
			b := zipped(t, tt.records...)
			if _, err := newReader(bytes.NewReader(b), int64(len(b))); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
