package schedule

import "math"

// constant is the same rate throughout, after a linear warm-up if one is asked.
type constant struct {
	lr   float64
	warm int
}

func newConstant(c Config) Schedule { return constant{c.LR, warmSteps(c)} }

func (s constant) LR(step int) float64 {
	step = max(step, 0)
	if step < s.warm {
		return linearWarmUp(s.lr, step, s.warm)
	}
	return s.lr
}

// oneCycle is the 1cycle policy of Smith and Topin 2018
// (https://arxiv.org/abs/1708.07120) in the two-phase form that fast.ai made
// usual: half a cosine up from LR/StartDiv to LR, half a cosine down to
// LR/StartDiv/FinalDiv. The numbers are those of PyTorch's
// torch.optim.lr_scheduler.OneCycleLR with its defaults (pct_start 0.3,
// div_factor 25, final_div_factor 1e4).
type oneCycle struct {
	start, peak, end float64
	top, last        float64 // the step of the peak (a fraction, as in PyTorch) and the last step
}

func newOneCycle(c Config) Schedule {
	share, startDiv, finalDiv := c.WarmUp, c.StartDiv, c.FinalDiv
	if share == 0 {
		share = 0.3
	}
	if startDiv == 0 {
		startDiv = 25
	}
	if finalDiv == 0 {
		finalDiv = 1e4
	}
	s := oneCycle{peak: c.LR, start: c.LR / startDiv, last: float64(c.Steps - 1)}
	s.end = s.start / finalDiv
	// With very few steps the rise has no room: PyTorch then begins part of the
	// way down (and a single step would get the final, useless rate); here the
	// first step is the peak.
	s.top = max(share*float64(c.Steps)-1, 0)
	return s
}

func (s oneCycle) LR(step int) float64 {
	at := min(max(float64(step), 0), s.last)
	if at <= s.top {
		if s.top == 0 {
			return s.peak
		}
		return halfCosine(s.start, s.peak, at/s.top)
	}
	return halfCosine(s.peak, s.end, (at-s.top)/(s.last-s.top))
}

// cosine is cosine annealing without restarts (Loshchilov and Hutter 2017,
// https://arxiv.org/abs/1608.03983) from LR to Floor, as PyTorch's
// CosineAnnealingLR with T_max = Steps, after a linear warm-up if one is asked
// (the cosine then has the steps that are left).
type cosine struct {
	lr, floor   float64
	warm, steps int
}

func newCosine(c Config) Schedule { return cosine{c.LR, c.Floor, warmSteps(c), c.Steps} }

func (s cosine) LR(step int) float64 {
	step = min(max(step, 0), s.steps-1)
	if step < s.warm {
		return linearWarmUp(s.lr, step, s.warm)
	}
	return halfCosine(s.lr, s.floor, float64(step-s.warm)/float64(s.steps-s.warm))
}

// stepDecay multiplies the rate by factor after every so many steps, as
// PyTorch's StepLR.
type stepDecay struct {
	lr, floor, factor  float64
	warm, every, steps int
}

func newStep(c Config) Schedule {
	s := stepDecay{c.LR, c.Floor, c.Factor, warmSteps(c), c.Every, c.Steps}
	if s.factor == 0 {
		s.factor = 0.1
	}
	if s.every == 0 {
		s.every = (c.Steps + 2) / 3
	}
	return s
}

func (s stepDecay) LR(step int) float64 {
	step = min(max(step, 0), s.steps-1)
	if step < s.warm {
		return linearWarmUp(s.lr, step, s.warm)
	}
	return max(s.lr*math.Pow(s.factor, float64(step/s.every)), s.floor)
}

// halfCosine goes from a to b as share goes from 0 to 1.
func halfCosine(a, b, share float64) float64 {
	return b + (a-b)/2*(1+math.Cos(math.Pi*share))
}

// linearWarmUp reaches lr at the last of warm steps and never is 0.
func linearWarmUp(lr float64, step, warm int) float64 {
	return lr * float64(step+1) / float64(warm)
}

func warmSteps(c Config) int { return int(c.WarmUp * float64(c.Steps)) }
