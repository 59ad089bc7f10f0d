package report

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// photosData are training photos with what nets that have not seen them say.
type photosData struct {
	Pixelated bool // they are drawn enlarged
	Walls     []wall
}

// wall is a choice of photos.
type wall struct {
	ID, Title, About string
	Photos           []shownPhoto
}

// shownPhoto is a photo with its true and its likeliest class.
type shownPhoto struct {
	Name            string // file, or number of the row
	Picture         picture
	True, Predicted string
	Right           bool
	P, PTrue        float64 // of the likeliest and of the true class
	Fold            int
}

const (
	wallPhotos = 24
	photoSide  = 112 // pixels, at most
)

// photos is left out without photos or out-of-fold predictions.
func photos(_ context.Context, m *maker) (any, error) {
	_, h, err := m.last()
	if h == nil || err != nil {
		return nil, err
	}
	images, err := m.t.Images()
	if images == nil || err != nil {
		return nil, err
	}
	defer images.Close()
	if images.N() != len(h.Labels) || images.C() != 1 && images.C() != 3 {
		return nil, nil
	}
	d := photosData{Pixelated: max(images.H(), images.W()) < photoSide}
	names := m.t.Classes(h.Classes)
	c := chosen(h, m.t.Spec.Seed)
	for _, w := range []struct {
		wall
		rows []int
	}{
		{wall{ID: "wrong", Title: "Most wrong", About: "where the true class has the least probability: a hard photo, or a label that is wrong"}, c.wrong},
		{wall{ID: "uncertain", Title: "Most uncertain", About: "where the probabilities are nearest to alike (largest entropy)"}, c.uncertain},
		{wall{ID: "random", Title: "Random", About: "to know what is usual; the same at each look"}, c.random},
	} {
		for _, row := range w.rows {
			p, err := shown(images, h, names, c.guess, row)
			if err != nil {
				return nil, err
			}
			w.Photos = append(w.Photos, p)
		}
		d.Walls = append(d.Walls, w.wall)
	}
	return d, nil
}

func shown(images *features.Images, h *steps.Held, names []string, guess []int, row int) (shownPhoto, error) {
	k, label := h.Classes, h.Labels[row]
	p := shownPhoto{Name: images.ID(row), True: names[label], Predicted: names[guess[row]], Right: guess[row] == label, Fold: h.Folds[row],
		P: float64(h.Proba[row*k+guess[row]]), PTrue: float64(h.Proba[row*k+label])}
	var err error
	p.Picture, err = embedded(images.Thumbnail(row, photoSide), images.C() == 1)
	return p, err
}

// choice are rows to be shown.
type choice struct {
	guess                    []int // likeliest class of every row
	wrong, uncertain, random []int
}

// chosen picks rows that were held out.
func chosen(h *steps.Held, root uint64) choice {
	k := h.Classes
	c := choice{guess: submissions.ArgMax(h.Proba, k)}
	var held []int
	doubt := make([]float64, len(h.Labels))
	for row, label := range h.Labels {
		if h.Folds[row] < 0 || label >= k {
			continue
		}
		held = append(held, row)
		doubt[row] = entropy(h.Proba[row*k : (row+1)*k])
		if c.guess[row] != label {
			c.wrong = append(c.wrong, row)
		}
	}
	least := func(a, b int) int { // the likeliest class decides where a clip made the others alike
		return cmp.Or(cmp.Compare(h.Proba[a*k+h.Labels[a]], h.Proba[b*k+h.Labels[b]]), cmp.Compare(h.Proba[b*k+c.guess[b]], h.Proba[a*k+c.guess[a]]))
	}
	slices.SortStableFunc(c.wrong, least)
	c.wrong = c.wrong[:min(len(c.wrong), wallPhotos)]
	for _, i := range seed.Rand(root, "report", "photos").Perm(len(held))[:min(len(held), wallPhotos)] {
		c.random = append(c.random, held[i])
	}
	slices.Sort(c.random)
	slices.SortStableFunc(held, func(a, b int) int { return cmp.Compare(doubt[b], doubt[a]) })
	c.uncertain = held[:min(len(held), wallPhotos)]
	return c
}

func entropy(proba []float32) float64 {
	sum := 0.0
	for _, p := range proba {
		if p > 0 {
			sum -= float64(p) * math.Log(float64(p))
		}
	}
	return sum
}
