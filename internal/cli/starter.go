package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// starter is what init finds out about a competition of small images in a
// table: one label column, the others pixels.
type starter struct {
	Competition string `json:"competition"`
	Label       string `json:"label"`
	Pixels      string `json:"pixels"` // pattern of the pixel columns
	ID          string `json:"id,omitempty"`
	H           int    `json:"height"`
	W           int    `json:"width"`
	C           int    `json:"channels"`
	Metric      string `json:"metric"`
}

// started is what `init --json` prints.
type started struct {
	Spec string `json:"spec"`
	starter
}

func (s starter) result(path string) started { return started{Spec: path, starter: s} }

// maxHeader bounds the header line of a table, in bytes.
const maxHeader = 4 << 20

// readHeader reads the first line of a CSV file.
func readHeader(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	line, err := bufio.NewReaderSize(io.LimitReader(f, maxHeader), 64<<10).ReadString('\n')
	if err != nil && !(errors.Is(err, io.EOF) && line != "" && len(line) < maxHeader) {
		return nil, fault.New(fault.Failed, "", "read %s: the first line is no header", path)
	}
	header, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(line, "\ufeff"))).Read()
	if err != nil {
		return nil, fmt.Errorf("read %s: line 1: %w", path, err)
	}
	return header, nil
}

// newStarter reads the table's header. A table of another kind is
// fault.Failed: it says what podium cannot do yet.
func newStarter(comp, metricTitle string, header []string) (starter, error) {
	s := starter{Competition: comp}
	var others []string
	pixels := map[string]int{} // stem of a numbered name -> how many
	for _, name := range header {
		if stem := strings.TrimRight(name, "0123456789"); stem != name && stem != "" {
			pixels[stem]++
			continue
		}
		others = append(others, name)
	}
	count := 0
	for stem, n := range pixels {
		if n > count || n == count && stem+"*" < s.Pixels {
			s.Pixels, count = stem+"*", n
		}
	}
	hint := fmt.Sprintf("podium download %s and write the spec by hand", comp)
	for _, name := range others {
		switch strings.ToLower(name) {
		case "label", "target", "class":
			s.Label = name
		case "id", "imageid", "image_id":
			s.ID = name
		}
	}
	if s.Label == "" || count < 16 || len(pixels) > 1 || len(others) > 2 || len(others) == 2 && s.ID == "" {
		return s, fault.New(fault.Failed, hint,
			"init %s: not supported yet: train.csv is no table of one label and numbered pixel columns, but %s", comp, brief(header))
	}
	if !s.square(count) {
		return s, fault.New(fault.Failed, hint, "init %s: not supported yet: %d pixels are no square image of 1 or 3 channels", comp, count)
	}
	m, ok := metric.ByTitle(metricTitle)
	if !ok || !m.Classifies() {
		return s, fault.New(fault.Failed, hint, "init %s: not supported yet: its metric is %q", comp, metricTitle)
	}
	s.Metric = m.Name
	return s, nil
}

// square takes n pixels for a square image, grey if that fits.
func (s *starter) square(n int) bool {
	for _, channels := range []int{1, 3} {
		side := int(math.Sqrt(float64(n / channels)))
		if n == side*side*channels {
			s.H, s.W, s.C = side, side, channels
			return true
		}
	}
	return false
}

// brief is a header with its middle left out.
func brief(header []string) string {
	if len(header) <= 6 {
		return strings.Join(header, ",")
	}
	return fmt.Sprintf("%s,...,%s (%d columns)", strings.Join(header[:3], ","), header[len(header)-1], len(header))
}

// spec writes the starter's spec.
func (s starter) spec() []byte {
	id := ""
	if s.ID != "" {
		id = ", id: " + s.ID
	}
	return fmt.Appendf(nil, `# %s: folds of a small convolutional net, shifted and turned images, mean of probabilities.
competition: %s
data:    {table: train.csv, test: test.csv%s, pixels: %s %dx%dx%d}
target:  {column: %s, metric: %s}
split:   {stratified_kfold: 4, seed: 1}
augment: {rotate: 10, shift: 0.1, shear: 0.1, zoom: 0.1}   # add no flip where a mirrored image is another class
models:
  cnn: {net: mnist_bn}
train:
  - {epochs: 12, batch: 64, optimizer: adam, lr: 0.006, schedule: one_cycle, ema: 0.998}
blend:   {how: mean, over: [folds, tta 4]}
submit:  {name: "{run} cv={cv:.4f}", wait: true}
`, s.Competition, s.Competition, id, s.Pixels, s.H, s.W, s.C, s.Label, s.Metric)
}
