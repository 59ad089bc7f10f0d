package pipelines

import (
	"fmt"
	"math"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Pseudo says how nets learn from rows whose labels nobody knows (Lee 2013,
// "Pseudo-Label"): the nets of a fold predict them, and nets that begin anew learn
// from the predictions as if they were labels, beside the fold's training rows. An
// epoch stays once through the training rows: the others come in addition.
type Pseudo struct {
	Rounds     int     // 1..5, each taught by the nets of the round before; 0: no pseudo-labels
	Labels     string  // "soft": the probabilities; "hard": the likeliest class
	TestShare  float64 // of each batch, above 0 and below 1; 0 with Mix
	Mix        []int   // training, test and, where there are three, held-out rows of a batch, as shares; nil with TestShare
	Confidence float64 // rows whose likeliest class has less are left out, 0..1
}

// Shares are what training, test and held-out rows make of a batch; they sum to 1.
// There are two where no held-out rows are learnt from.
func (p Pseudo) Shares() []float64 {
	if p.Mix == nil {
		return []float64{1 - p.TestShare, p.TestShare}
	}
	sum, shares := 0, make([]float64, len(p.Mix))
	for _, n := range p.Mix {
		sum += n
	}
	for i, n := range p.Mix {
		shares[i] = float64(n) / float64(sum)
	}
	return shares
}

// HeldOut says whether nets learn from the rows of their own fold, by what the nets
// of the round before predict of them: never by their labels.
func (p Pseudo) HeldOut() bool { return len(p.Mix) == 3 }

// defaultTestShare is State Farm's: test rows are the minority, 1 to 2.
const defaultTestShare = 0.33

func pseudoTable(p *Pseudo) []field {
	return []field{
		{"rounds", optional, integer(&p.Rounds, 1, 5)},
		{"labels", optional, oneOf(&p.Labels, "soft", "hard")},
		{"test_share", optional, shownIf(number(&p.TestShare, interval{lo: 0, hi: 1, noLow: true, noTop: true}), func() bool { return p.Mix == nil })},
		{"mix", optional, mix(&p.Mix)},
		{"confidence", optional, amount(&p.Confidence, 1)},
	}
}

// pseudo is a section, or off, which is as none.
func pseudo(p *Pseudo) value {
	table := pseudoTable(p)
	return value{
		deep: func(d *decoder, path string, n *node) {
			*p = Pseudo{}
			if n.kind == scalar && n.text == "off" {
				return
			}
			p.Rounds, p.Labels = 1, "soft"
			d.mapping(path, n, table)
			d.shares(path, p)
		},
		show: func() *yaml.Node {
			if p.Rounds == 0 {
				return nil
			}
			return showTable(table)
		},
	}
}

// shares: a batch is mixed as test_share or as mix says.
func (d *decoder) shares(path string, p *Pseudo) {
	switch share, mix := d.given(path+".test_share"), d.given(path+".mix"); {
	case share && mix:
		d.add(d.src.at[path+".mix"], path, "test_share: 0.33 is mix: [67, 33]; to put mix in its place: --set 'pseudo={mix: [67, 33]}'", "want one of test_share, mix, got both")
	case !mix && p.TestShare == 0:
		p.TestShare = defaultTestShare
	}
}

// mostRows bounds a batch.
const mostRows = 65536

// mix is two or three whole numbers.
func mix(into *[]int) value {
	const want = "two or three whole numbers from 1: rows of a batch out of the training, the test and the held-out rows, such as [44, 16, 4]"
	return value{
		deep: func(d *decoder, path string, n *node) {
			*into = nil
			if n.kind != list || len(n.values) < 2 || len(n.values) > 3 {
				d.add(n.at, path, "", "want %s, got %s", want, n.describeContent())
				return
			}
			for i, item := range n.values {
				rows := 0
				if item.kind != scalar || !integer(&rows, 1, mostRows).read(item) {
					d.add(item.at, fmt.Sprintf("%s.%d", path, i), "", "want an integer from 1 to %d, got %s", mostRows, item.describe())
				}
				*into = append(*into, rows)
			}
		},
		show: func() *yaml.Node {
			if *into == nil {
				return nil
			}
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, rows := range *into {
				n.Content = append(n.Content, showNumber(float64(rows)))
			}
			return n
		},
	}
}

// pseudo: a batch of each phase must have a row of each kind.
func (d *decoder) pseudo(s *Spec) {
	if s.Pseudo.Rounds == 0 {
		return
	}
	least := slices.Min(s.Pseudo.Shares())
	for i, p := range s.Train {
		if float64(p.Batch)*least < 1 {
			d.add(d.src.at["pseudo"], "pseudo", fmt.Sprintf("batches of at least %.0f rows, or other shares", math.Ceil(1/least)),
				"want a row of each kind in every batch: the least share is %s, which is none of the %d rows of train.%d", formatNumber(math.Round(least*1e4)/1e4), p.Batch, i)
		}
	}
}
