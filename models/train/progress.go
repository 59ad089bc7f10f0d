package train

import "time"

// Progress tells how far a training is.
type Progress struct {
	Epoch, Epochs int // the epoch now at work, from 1, and all epochs of all phases
	Step, Steps   int // steps done and steps in all
	EpochEnd      bool

	Loss            float64 // smoothed over about the last 50 steps
	LR              float64 // of the last step
	ImagesPerSecond float64 // since Fit began, without what was done before a resume

	// Ended is the newest epoch that has ended, nil in the first: an epoch's figures
	// are told with the first step of the next one, those of the last in History.
	Ended *EpochStats
}

// progressEvery is the shortest time between two reports.
const progressEvery = 100 * time.Millisecond

// reporter calls a progress function, not too often.
type reporter struct {
	tell   func(Progress)
	begin  time.Time
	last   time.Time
	images int
}

func newReporter(tell func(Progress)) *reporter {
	return &reporter{tell: tell, begin: time.Now()}
}

// step counts a step's images and reports if it is time.
func (r *reporter) step(p Progress, images int) {
	r.images += images
	if r.tell == nil {
		return
	}
	now := time.Now()
	if !p.EpochEnd && now.Sub(r.last) < progressEvery {
		return
	}
	r.last = now
	if s := now.Sub(r.begin).Seconds(); s > 0 {
		p.ImagesPerSecond = float64(r.images) / s
	}
	r.tell(p)
}
