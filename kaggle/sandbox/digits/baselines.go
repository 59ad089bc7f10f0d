package digits

import (
	_ "embed" // for the figures
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

//go:embed baselines.csv
var baselines string

// Baseline is a way to read digits with the accuracy that was published for it
// on MNIST's 10,000 test images, after training on the 60,000.
type Baseline struct {
	Team     string // begins with "synthetic: "
	Accuracy float64
	Source   string
}

// Baselines are the figures of baselines.csv, in its order.
func Baselines() ([]Baseline, error) {
	r := csv.NewReader(strings.NewReader(baselines))
	r.FieldsPerRecord = 3
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("embedded baselines: %w", err)
	}
	var all []Baseline
	for _, row := range rows[1:] {
		acc, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, fmt.Errorf("embedded baselines: %s: %w", row[0], err)
		}
		all = append(all, Baseline{Team: row[0], Accuracy: acc, Source: row[2]})
	}
	return all, nil
}

// Draw is the score that this baseline might have had on rows images: the
// share of hits when each is one with the published accuracy. part names the
// rows, so that public and private scores are drawn apart.
func (b Baseline) Draw(rows int, root uint64, part string) float64 {
	r := seed.Rand(root, "digits", "board", b.Team, part)
	hits := 0
	for range rows {
		if r.Float64() < b.Accuracy {
			hits++
		}
	}
	return float64(hits) / float64(rows)
}
