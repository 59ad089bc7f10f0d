package cpu

import "time"

// PeakGFLOPS measures the most arithmetic of the products, in units of 1e9 operations a
// second and counting a multiply-add as two, that all threads together do in
// registers with the engine's instruction set. It takes about d. The best of a
// few slices of d counts: others' work on the machine only ever slows one down.
func (e *Engine) PeakGFLOPS(d time.Duration) float64 {
	const slices = 8
	turns, best := 1000, 0.0
	for begin := time.Now(); best == 0 || time.Since(begin) < d; {
		start := time.Now()
		e.parallelTasks(e.pool.threads, func(int, int) { e.products.peak(turns) })
		took := time.Since(start)
		if took < d/slices {
			turns *= 2 // too short to measure well
			continue
		}
		best = max(best, float64(turns)*float64(e.pool.threads)*e.products.peakFLOPs/took.Seconds()/1e9)
	}
	return best
}
