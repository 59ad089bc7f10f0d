package sandbox_test

import (
	"archive/zip"
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// fetch gets a redirect's target, with a range if it is not empty.
func fetch(t *testing.T, url, span string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if span != "" {
		req.Header.Set("Range", span)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// bundleFiles are awkward on purpose: an empty file, folders, odd names, a file
// larger than the buffers on the way.
func bundleFiles(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{
		"empty.bin": {}, "a b/ü.csv": []byte("x,y\n1,2\n"), "a b/deep/er/one": []byte{0},
		"large.bin": bytes.Repeat([]byte("0123456789abcdef"), 70_000), "test.csv": []byte(toy["data/test.csv"]),
	}
	for name, text := range files {
		path := filepath.Join(dir, "toy", "data", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2024, 2, 29, 12, 30, 58, 0, time.UTC)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestBundle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := bundleFiles(t, dir)
	r := newRig(t, dir)
	status, url := r.rest(t, "GET", "/competitions/data/download-all/toy", nil)
	if status != http.StatusFound || !strings.Contains(url, "/archive.zip?") {
		t.Fatalf("HTTP %d %s", status, url)
	}
	resp, whole := fetch(t, url, "")
	sum := md5.Sum(whole)
	if h := resp.Header.Get("X-Goog-Hash"); !strings.HasSuffix(h, "md5="+base64.StdEncoding.EncodeToString(sum[:])) {
		t.Errorf("X-Goog-Hash %q is not that of the body", h)
	}
	if resp.Header.Get("Content-Type") != "application/zip" || resp.ContentLength != int64(len(whole)) {
		t.Errorf("type %q, length %d of %d", resp.Header.Get("Content-Type"), resp.ContentLength, len(whole))
	}
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != len(files) {
		t.Errorf("%d files, want %d", len(z.File), len(files))
	}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(in) // checks the CRC
		if err != nil || !bytes.Equal(got, files[f.Name]) {
			t.Errorf("%s: %d bytes, %v; want %d", f.Name, len(got), err, len(files[f.Name]))
		}
		if f.Modified.Format(time.DateTime) != "2024-02-29 12:30:58" {
			t.Errorf("%s: modified %s", f.Name, f.Modified)
		}
	}
	// Ranges across every kind of border give the bytes of the whole.
	last := len(whole) - 1
	for _, span := range [][2]int{{0, 0}, {0, last}, {last, last}, {29, 31}, {1000, 600_000}, {last - 200, last}} {
		resp, part := fetch(t, url, fmt.Sprintf("bytes=%d-%d", span[0], span[1]))
		if resp.StatusCode != http.StatusPartialContent || !bytes.Equal(part, whole[span[0]:span[1]+1]) {
			t.Errorf("bytes %v: HTTP %d, %d bytes that are not those", span, resp.StatusCode, len(part))
		}
	}
	_, again := fetch(t, url, "")
	if !bytes.Equal(again, whole) {
		t.Error("the same files made another bundle")
	}
	if err := os.WriteFile(filepath.Join(dir, "toy", "data", "test.csv"), []byte("x\n4\n3\n2\n1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	changed, _ := fetch(t, url, "")
	if changed.Header.Get("ETag") == resp.Header.Get("ETag") {
		t.Error("another file, the same ETag")
	}
}

// Nothing of storage is reached without a signature for just that path.
func TestStorageNeedsSignature(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	ref := r.submit(t, sandbox.DevToken, right)
	_, good := r.rest(t, "GET", "/competitions/data/download/toy/test.csv", nil)
	_, query, _ := strings.Cut(good, "?")
	for _, path := range []string{
		"/storage/.bundle/toy/archive.zip", fmt.Sprintf("/storage/.submitted/toy/%d/s.csv", ref),
		"/storage/toy/solution.csv", "/storage/toy/..%2Fsolution.csv", "/storage/toy/%2e%2e/solution.csv",
	} {
		if resp, _ := fetch(t, r.url+path+"?"+query, ""); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: HTTP %d, want 403", path, resp.StatusCode)
		}
	}
}

func TestDownloadSubmission(t *testing.T) {
	t.Parallel()
	users := []sandbox.User{{Name: "a", Team: "A", Token: "ta", Key: sandbox.DefaultUser.Key}, {Name: "b", Team: "B", Token: "tb"}}
	users[0].Name = sandbox.DefaultUser.Name // whom rest asks as
	r := newRig(t, t.TempDir(), sandbox.WithUsers(users...))
	mine, theirs := r.submit(t, "ta", right), r.submit(t, "tb", right)
	status, url := r.rest(t, "GET", fmt.Sprintf("/competitions/submissions/download/%d", mine), nil)
	if status != http.StatusFound {
		t.Fatalf("HTTP %d %s", status, url)
	}
	if _, body := fetch(t, url, ""); string(body) != right {
		t.Errorf("got %q", body)
	}
	for _, ref := range []int64{theirs, 99} {
		if status, body := r.rest(t, "GET", fmt.Sprintf("/competitions/submissions/download/%d", ref), nil); status != http.StatusNotFound {
			t.Errorf("submission %d: HTTP %d %s", ref, status, body)
		}
	}
}
