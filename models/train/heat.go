package train

import (
	"context"
	"fmt"
	"iter"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// Heat are the heat maps of a model whose head ends in heat. It is used as a Model is.
type Heat struct {
	model *Model
	shape [3]int
	exec  *graph.Executor // for batches of up to room
	room  int
	out   []float32 // of a batch, used again for the next
}

// Heat makes the heat maps of the model, which shares its weights. A model without is a
// fault of kind Usage.
func (m *Model) Heat() (*Heat, error) {
	head, err := m.design().head()
	if err != nil {
		return nil, err
	}
	if m.Net.Cut == "" || !head.Heat() {
		return nil, fault.New(fault.Usage, "end its head in heat", "train: the net %s has no heat maps", m.Net)
	}
	h := &Heat{model: m}
	return h, h.ready(1)
}

// Shape is that of an image's maps: height, width, classes.
func (h *Heat) Shape() [3]int { return h.shape }

// Maps gives for each batch of images one of their heat maps: X is [N, height, width,
// classes] of Shape, all else is the images' own. The values of a place sum to 1: they
// are the probabilities of the classes if the whole image were as this place is, the
// softmax there of the logits whose average over the places is the image's. The
// logits themselves would not do: adding a number to those of all classes at a place
// leaves the prediction as it is but not a class's map. The net computes at most
// maxBatch images at once. The slices are used again for the next batch. It ends with
// the first error, of the images, the net or ctx.
func (h *Heat) Maps(ctx context.Context, in iter.Seq2[Batch, error], maxBatch int) iter.Seq2[Batch, error] {
	d := h.model.design()
	return mapped(ctx, "heat maps", in, func(b *Batch) error {
		if maxBatch < 1 {
			return fmt.Errorf("want batches of at least 1 image, got %d", maxBatch)
		}
		if err := h.ready(maxBatch); err != nil {
			return err
		}
		if err := b.check(d); err != nil {
			return err
		}
		h.out = h.out[:0]
		err := inParts(h.exec, *b, maxBatch, &h.out, size(h.shape), nil)
		b.X = h.out
		return err
	})
}

// ready makes the net for batches of up to n images.
func (h *Heat) ready(n int) error {
	if h.exec != nil && n <= h.room {
		return nil
	}
	h.exec = nil // its memory may go before the next one's comes
	net := graph.NewNet(h.model.state, graph.Eval, n)
	var err error
	maps := net.Softmax(net.Until("heat", func() { _, err = h.model.design().build(net, false) }))
	if err != nil {
		return err
	}
	if err := net.Err(); err != nil {
		return err
	}
	s := maps.Shape()
	if h.exec, err = net.Features(maps); err != nil {
		return err
	}
	h.shape, h.room = [3]int{s[1], s[2], s[3]}, n
	return nil
}
