package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// maxSample is the largest sample that is downloaded unasked, in bytes.
const maxSample = 256 << 20

// samplesAmong are the names that a sample submission may have: those with
// sample and submission in them, else those with submission only (titanic's is
// gender_submission.csv).
func samplesAmong(names []string) []string {
	var samples, others []string
	for _, n := range names {
		word := strings.ToLower(path.Base(n))
		switch {
		case !strings.HasSuffix(word, ".csv") || !strings.Contains(word, "submission"):
		case strings.Contains(word, "sample"):
			samples = append(samples, n)
		default:
			others = append(others, n)
		}
	}
	if len(samples) > 0 {
		return samples
	}
	return others
}

// sampleOf finds the sample that a submission must fit: the given one, else the
// one in dir, the folder of the competition's downloads, else the server's,
// which is downloaded there. "" where there is none; it says so.
func (e *env) sampleOf(ctx context.Context, p *Printer, client *kaggle.Client, o submitOptions, comp, dir string) (string, error) {
	if o.sample != "" {
		return o.sample, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var names []string
	for _, f := range entries {
		names = append(names, f.Name())
	}
	found, err := oneSample(samplesAmong(names), comp, dir)
	if err != nil || found != "" {
		return found, err
	}
	files, err := client.Files(ctx, comp)
	if err != nil {
		return "", err
	}
	sizes := map[string]int64{}
	names = nil
	for _, f := range files {
		names = append(names, f.Name)
		sizes[f.Name] = f.Size
	}
	name, err := oneSample(samplesAmong(names), comp, "")
	switch {
	case err != nil:
		return "", err
	case name == "":
		p.Say("not checked: %s has no file that is called sample submission; --sample FILE names one", comp)
		return "", nil
	case sizes[name] > maxSample:
		p.Say("not checked: %s of %s is %s and not at hand (podium download %s)", name, comp, bytesText(sizes[name]), comp)
		return "", nil
	}
	return fetchFile(ctx, p, client, comp, name, filepath.Join(dir, path.Base(name)))
}

// oneSample is the only one of the candidates, in dir; "" if there are none.
func oneSample(names []string, comp, dir string) (string, error) {
	if len(names) > 1 {
		return "", fault.New(fault.Usage, fmt.Sprintf("podium submit %s FILE --sample %s", comp, filepath.Join(dir, names[0])),
			"%s has %d files that may be the sample: %s", comp, len(names), strings.Join(names, ", "))
	}
	if len(names) == 0 {
		return "", nil
	}
	return filepath.Join(dir, names[0]), nil
}
