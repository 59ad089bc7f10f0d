package sandbox_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// drawn makes the competition in a size and gives the bytes of its files.
func drawn(t *testing.T, size int) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	s, err := sandbox.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.AddGenerated(t.Context(), sandbox.DogsVsCats, size, false, nil); err != nil {
		t.Fatal(err)
	}
	return filesOf(t, filepath.Join(dir, sandbox.DogsVsCats))
}

func filesOf(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	return readFiles(t, dir, "data/train.zip", "data/test.zip", "data/sample_submission.csv", "solution.csv", "leaderboard.csv", "competition.yaml")
}

// readFiles are the bytes of files below dir, by name.
func readFiles(t *testing.T, dir string, names ...string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	return files
}

// photosOf are the files of a zip, in its order.
func photosOf(t *testing.T, b []byte) (names []string, content map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	content = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var c bytes.Buffer
		if _, err := c.ReadFrom(r); err != nil { // its checksum too
			t.Fatal(f.Name, err)
		}
		names, content[f.Name] = append(names, f.Name), c.Bytes()
	}
	return names, content
}

func TestDogsVsCatsLayout(t *testing.T) {
	t.Parallel()
	files := drawn(t, 11)
	names, train := photosOf(t, files["data/train.zip"])
	want := "train/cat.0.jpg train/cat.1.jpg train/cat.2.jpg train/cat.3.jpg train/cat.4.jpg train/cat.5.jpg " +
		"train/dog.0.jpg train/dog.1.jpg train/dog.2.jpg train/dog.3.jpg train/dog.4.jpg"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("train.zip: %s", got)
	}
	names, test := photosOf(t, files["data/test.zip"])
	if got := strings.Join(names, " "); got != "test/1.jpg test/2.jpg test/3.jpg test/4.jpg test/5.jpg" {
		t.Errorf("test.zip: %s", got)
	}
	for _, set := range []map[string][]byte{train, test} {
		for name, b := range set {
			c, err := jpeg.DecodeConfig(bytes.NewReader(b))
			if err != nil || c.Width < 50 || c.Height < 50 || c.Width > 500 || c.Height > 500 {
				t.Errorf("%s: %d x %d (%v)", name, c.Width, c.Height, err)
			}
		}
	}
	if got := string(files["data/sample_submission.csv"]); got != "id,label\n1,0.5\n2,0.5\n3,0.5\n4,0.5\n5,0.5\n" {
		t.Errorf("sample: %q", got)
	}
	solution := strings.Split(strings.TrimSpace(string(files["solution.csv"])), "\n")
	if len(solution) != 6 || solution[0] != "id,label" {
		t.Errorf("solution: %q", solution)
	}
	for _, name := range []string{"competition.yaml", "leaderboard.csv"} {
		if !strings.Contains(string(files[name]), "synthetic") {
			t.Errorf("%s does not say that it is synthetic: %s", name, files[name])
		}
	}
}

// A small set is the beginning of a large one, and drawn alike every time.
func TestDogsVsCatsNested(t *testing.T) {
	t.Parallel()
	small, large := drawn(t, 10), drawn(t, 24)
	for _, name := range []string{"data/train.zip", "data/test.zip"} {
		_, few := photosOf(t, small[name])
		_, many := photosOf(t, large[name])
		for photo, b := range few {
			if !bytes.Equal(b, many[photo]) {
				t.Errorf("%s differs with the size", photo)
			}
		}
	}
	if !bytes.HasPrefix(large["solution.csv"], small["solution.csv"]) {
		t.Error("the solution differs with the size")
	}
	again := drawn(t, 10)
	for name, b := range small {
		if !bytes.Equal(b, again[name]) {
			t.Errorf("%s is another one the second time", name)
		}
	}
}

// Only a competition that is used is made; lists make none.
func TestDogsVsCatsUnmade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, dir)
	infos, err := r.List()
	if err != nil || !slices.ContainsFunc(infos, func(i sandbox.Info) bool {
		return i.Name == sandbox.DogsVsCats && i.Dir == "" && strings.Contains(i.Title, "synthetic") && i.Metric == "logloss_binary"
	}) {
		t.Errorf("%+v, %v", infos, err)
	}
	var page wire.ListCompetitionsResponse
	r.call(t, sandbox.DevToken, wire.ListCompetitions, wire.ListCompetitionsRequest{Search: "cats"}, &page)
	if len(page.Competitions) != 1 || page.Competitions[0].TeamCount < 1 || !strings.Contains(page.Competitions[0].Description, "SYNTHETIC") {
		t.Errorf("%+v", page.Competitions)
	}
	if _, err := os.Stat(filepath.Join(dir, sandbox.DogsVsCats)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a list made it: %v", err)
	}
}

func TestAddGeneratedRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	for _, c := range []struct {
		name string
		size int
		want string
	}{
		{"digit-recognizer", 100, `"digit-recognizer" is not drawn`},
		{"titanic", 100, `"titanic" is not drawn`},
		{sandbox.DogsVsCats, 9, "want 10 to 25000 photos, got 9"},
		{sandbox.DogsVsCats, 25001, "want 10 to 25000 photos, got 25001"},
		{sandbox.StateFarm, 19, "want 20 to 22424 photos, got 19"},
	} {
		err := r.AddGenerated(t.Context(), c.name, c.size, false, nil)
		if fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %d: %v", c.name, c.size, err)
		}
	}
}

// What is stopped in the midst leaves the old one, or nothing.
func TestAddGeneratedStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, dir)
	for _, before := range []string{"toy", sandbox.DogsVsCats + " toy"} {
		ctx, cancel := context.WithCancel(t.Context())
		last := 0.0
		err := r.AddGenerated(ctx, sandbox.DogsVsCats, 2000, false, func(share float64) {
			if share < last || share > 1 {
				t.Errorf("progress: %v after %v", share, last)
			}
			last = share
			cancel()
		})
		if !errors.Is(err, context.Canceled) || last == 0 || last > 0.5 {
			t.Errorf("stopped after %v: %v", last, err)
		}
		var there []string
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			if e.IsDir() && e.Name() != ".uploads" {
				there = append(there, e.Name())
			}
		}
		if got := strings.Join(there, " "); err != nil || got != before {
			t.Errorf("there is %q (%v), want %q", got, err, before)
		}
		if err := r.AddGenerated(t.Context(), sandbox.DogsVsCats, 12, false, nil); err != nil { // for the second round
			t.Fatal(err)
		}
	}
	if _, train := photosOf(t, filesOf(t, filepath.Join(dir, sandbox.DogsVsCats))["data/train.zip"]); len(train) != 12 {
		t.Errorf("%d photos, want 12", len(train))
	}
}

// A server that is killed while it draws leaves nothing, and the next one draws.
func TestDogsVsCatsKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startChild(t, dir, 1, 0)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+"/api/v1/competitions/data/list/"+sandbox.DogsVsCats, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+crowd(1)[0].Token)
	var asked sync.WaitGroup
	asked.Go(func() {
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			t.Errorf("the killed server answered: %s", resp.Status)
		}
	})
	begun := func() bool {
		parts, err := filepath.Glob(filepath.Join(dir, ".new-*", "new", "data", ".train.zip.tmp-*"))
		return err == nil && len(parts) > 0
	}
	for !begun() {
		time.Sleep(time.Millisecond)
	}
	if err := c.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	c.stop()
	asked.Wait()
	r := newRig(t, dir)
	if infos, err := r.List(); err != nil || slices.ContainsFunc(infos, func(i sandbox.Info) bool { return i.Name == sandbox.DogsVsCats && i.Dir != "" }) {
		t.Errorf("%+v, %v", infos, err)
	}
	if err := r.AddGenerated(t.Context(), sandbox.DogsVsCats, 10, false, nil); err != nil {
		t.Error(err)
	}
}

// Several at once, each with a Sandbox as a process has, leave one whole set.
func TestAddGeneratedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 3 {
		s, err := sandbox.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		all.Go(func() {
			if err := s.AddGenerated(t.Context(), sandbox.DogsVsCats, 12, false, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := filesOf(t, filepath.Join(dir, sandbox.DogsVsCats))
	for name, b := range drawn(t, 12) {
		if !bytes.Equal(b, got[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// A size that would forget submissions wants to be insisted on.
func TestAddGeneratedForgets(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	if err := r.AddGenerated(t.Context(), sandbox.DogsVsCats, 12, false, nil); err != nil {
		t.Fatal(err)
	}
	sample := "id,label\n1,0.5\n2,0.5\n3,0.5\n4,0.5\n5,0.5\n6,0.5\n"
	ref := r.submitTo(t, sandbox.DogsVsCats, sandbox.DevToken, sample)
	if got := r.scored(t, sandbox.DevToken, ref); got.PublicScore != "0.69315" || got.PrivateScore != "0.69315" {
		t.Errorf("half for every photo: %+v", got)
	}
	err := r.AddGenerated(t.Context(), sandbox.DogsVsCats, 14, false, nil)
	if fault.KindOf(err) != fault.Usage || !strings.Contains(fmt.Sprint(err), "forget its submissions (1)") {
		t.Errorf("without force: %v", err)
	}
	if err := r.AddGenerated(t.Context(), sandbox.DogsVsCats, 14, true, nil); err != nil {
		t.Error(err)
	}
}
