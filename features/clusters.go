package features

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Clusters are groups of images that look alike.
type Clusters struct {
	Of    []int // the cluster of each image: numbered as they first appear
	Sizes []int // images of each cluster
	// Apart is in how many cells of its thumbnail an image may differ from one of its
	// cluster at most.
	Apart int
}

// Bounds of a cluster. An image is in the cluster of another from which it differs in
// two fifths of the cells, at most, in which two images usually differ. Where that
// chains more than half of all images, as it may where scenes pass into each other,
// the bound is lowered until it does not.
const (
	alikeShare = 0.4
	mostShare  = 0.5
)

// Cluster puts images together that look alike, by single linkage: two are in one
// cluster where a way of images leads from one to the other in which no step differs
// by more than Apart. So the frames of a camera that does not move are one cluster,
// whoever walks through the picture, and what looks like nothing else is a cluster of
// its own. Clusters depend on the images and their order, on no seed. It compares each
// pair of images once, in about 0.2 µs, on all cores, and needs memory for each image,
// not for each pair: the way of Prim's minimum spanning tree
// (https://doi.org/10.1002/j.1538-7305.1957.tb01515.x).
func (t *Thumbs) Cluster(ctx context.Context, progress func(done, total int)) (Clusters, error) {
	links, err := t.tree(ctx, progress)
	if err != nil {
		return Clusters{}, fmt.Errorf("clusters: %w", err)
	}
	slices.SortFunc(links, func(a, b link) int { return cmp.Compare(a.apart, b.apart) })
	c := Clusters{Apart: int(alikeShare * float64(t.Usual()))}
	for ; ; c.Apart-- {
		n := 0
		for n < len(links) && links[n].apart <= c.Apart {
			n++
		}
		c.Of, c.Sizes = joined(t.n, links[:n])
		if c.Apart == 0 || float64(slices.Max(c.Sizes)) <= mostShare*float64(t.n) {
			return c, nil
		}
	}
}

// link joins two images that differ in so many cells.
type link struct{ from, to, apart int }

// tree is the minimum spanning tree: of two links of one length the one that was found
// first stays.
func (t *Thumbs) tree(ctx context.Context, progress func(done, total int)) ([]link, error) {
	if t.n == 0 {
		return nil, fmt.Errorf("want at least one image")
	}
	g := &growth{t: t, near: make([]link, t.n)}
	for i := range g.near {
		g.near[i] = link{0, i, ThumbCells + 1}
	}
	g.left = g.near[1:]
	links := make([]link, 0, t.n-1)
	stop := g.hire(min(runtime.GOMAXPROCS(0), max(t.n/256, 1)))
	defer stop()
	for last := 0; len(g.left) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		at := g.reach(last)
		links = append(links, g.left[at])
		last = g.left[at].to
		g.left = slices.Delete(g.left, at, at+1) // keeps the order, by which ties are broken
		if done := len(links); progress != nil && done%256 == 0 {
			progress(done, t.n-1)
		}
	}
	return links, nil
}

// growth is a tree on its way: left are the images outside it, each with its shortest
// link into it.
type growth struct {
	t          *Thumbs
	near, left []link
	work       chan stretch
	wait       sync.WaitGroup
}

// stretch is what one goroutine looks at in a step: the links from lo to hi, with the image
// that joined the tree last. best is the shortest.
type stretch struct {
	last, lo, hi int
	best         *int
}

// hire starts goroutines that work until stop.
func (g *growth) hire(workers int) (stop func()) {
	g.work = make(chan stretch, workers)
	for range workers {
		go func() {
			for p := range g.work {
				g.look(p)
				g.wait.Done()
			}
		}()
	}
	return func() { close(g.work) }
}

// reach takes the image last into account, and says which link is the shortest: the first
// of equals, however many goroutines look.
func (g *growth) reach(last int) int {
	workers := max(min(cap(g.work), len(g.left)/256), 1)
	best := make([]int, workers)
	for w := range workers {
		p := stretch{last, len(g.left) * w / workers, len(g.left) * (w + 1) / workers, &best[w]}
		if workers == 1 {
			g.look(p)
			break
		}
		g.wait.Add(1)
		g.work <- p
	}
	g.wait.Wait()
	at := best[0]
	for _, b := range best[1:] {
		if g.left[b].apart < g.left[at].apart {
			at = b
		}
	}
	return at
}

func (g *growth) look(p stretch) {
	at := p.lo
	for i := p.lo; i < p.hi; i++ {
		l := &g.left[i]
		if apart := g.t.within(p.last, l.to, l.apart); apart < l.apart {
			l.from, l.apart = p.last, apart
		}
		if l.apart < g.left[at].apart {
			at = i
		}
	}
	*p.best = at
}

// joined numbers the components of n images under links.
func joined(n int, links []link) (of, sizes []int) {
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for _, l := range links {
		a, b := find(l.from), find(l.to)
		root[max(a, b)] = min(a, b) // the first image of a component is its root
	}
	of = make([]int, n)
	for i := range of {
		if r := find(i); r != i {
			of[i] = of[r]
		} else {
			of[i] = len(sizes)
			sizes = append(sizes, 0)
		}
		sizes[of[i]]++
	}
	return of, sizes
}
