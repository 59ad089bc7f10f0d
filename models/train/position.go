package train

import (
	"fmt"
	"math"
)

// EpochStats is what is kept of an epoch.
type EpochStats struct {
	Epoch   int     `json:"epoch"`   // from 1, over all phases
	Loss    float64 `json:"loss"`    // mean over the images, on smoothed targets if they are smoothed
	LR      float64 `json:"lr"`      // of the last step
	Seconds float64 `json:"seconds"` // wall time; 0 in a Model that was loaded

	Score float64 `json:"score,omitempty"` // on Config.Validate, in a phase with patience
}

// position is how far a training is, apart from its tensors. It is kept in the
// checkpoint as JSON, which holds a float64 exactly.
type position struct {
	Phase int `json:"phase"` // from 0; the number of phases when all is done
	Epoch int `json:"epoch"` // epochs of the phase that are done
	Batch int `json:"batch"` // batches of the epoch that are done
	Step  int `json:"step"`  // steps of the training that are done

	SolverSteps  int `json:"solver_steps"`
	AverageSteps int `json:"average_steps"`

	LossSum  float64      `json:"loss_sum"` // over the images of the epoch so far
	Images   int          `json:"images"`   // of the epoch so far
	LastLR   float64      `json:"last_lr"`
	Smoothed float64      `json:"smoothed"` // see loss
	Seconds  float64      `json:"seconds"`  // of the epoch so far
	History  []EpochStats `json:"history"`

	Best    *best       `json:"best,omitempty"`    // of a phase with patience
	Stopped map[int]int `json:"stopped,omitempty"` // epochs that a phase took which stopped early
}

// smoothing is the weight of the past in the loss that Progress tells.
const smoothing = 0.98

// add counts a step.
func (p *position) add(loss, lr float64, images int) {
	p.Step++
	p.Batch++
	p.LossSum += loss * float64(images)
	p.Images += images
	p.LastLR = lr
	p.Smoothed = smoothing*p.Smoothed + (1-smoothing)*loss
}

// loss is the smoothed loss without its bias towards the zero it started from.
func (p *position) loss() float64 {
	if p.Step == 0 {
		return 0
	}
	return p.Smoothed / (1 - math.Pow(smoothing, float64(p.Step)))
}

// endEpoch moves to the beginning of the next epoch of the phase.
func (p *position) endEpoch(score float64) {
	p.History = append(p.History, EpochStats{len(p.History) + 1, p.LossSum / float64(p.Images), p.LastLR, p.Seconds, score})
	p.Epoch++
	p.Batch, p.LossSum, p.Images, p.Seconds = 0, 0, 0, 0
}

// endPhase moves from the end of a phase to the beginning of the next one.
func (p *position) endPhase(phase Phase) {
	if p.Epoch < phase.Epochs {
		if p.Stopped == nil {
			p.Stopped = map[int]int{}
		}
		p.Stopped[p.Phase] = p.Epoch
	}
	p.Phase++
	p.Epoch, p.SolverSteps, p.Best = 0, 0, nil
}

// epochsOf is how many epochs phase i has, or had if it stopped early.
func (p *position) epochsOf(i int, phase Phase) int {
	if n, ok := p.Stopped[i]; ok {
		return n
	}
	return phase.Epochs
}

// number is the dataset's number of the current epoch: a phase that stopped early
// leaves its other numbers out, so that they tell the phase.
func (p *position) number(phases []Phase) int {
	n := p.Epoch
	for _, phase := range phases[:p.Phase] {
		n += phase.Epochs
	}
	return n
}

// phaseBegun says whether the phase's solver has a state of its own.
func (p *position) phaseBegun() bool { return p.Epoch > 0 || p.Batch > 0 }

// epochs is how many epochs of the training are done.
func (p *position) epochs() int { return len(p.History) }

// check says whether a position that was read can be one of this training.
func (p *position) check(phases []Phase, images int) error {
	if p.Phase < 0 || p.Phase > len(phases) || p.Epoch < 0 || p.Batch < 0 || p.Step < 0 || p.SolverSteps < 0 || p.AverageSteps < 0 {
		return fmt.Errorf("position %+v is impossible", *p)
	}
	epochs, steps := p.Epoch, p.Batch
	for i, phase := range phases[:min(p.Phase+1, len(phases))] {
		n := epochSteps(phase, images)
		switch {
		case i < p.Phase:
			epochs += p.epochsOf(i, phase)
			steps += p.epochsOf(i, phase) * n
		case p.Epoch >= phase.Epochs || p.Batch > n || p.Batch == n && phase.Patience == 0:
			return fmt.Errorf("position %+v is past the end of its phase", *p)
		default:
			steps += p.Epoch * n
		}
	}
	for i, n := range p.Stopped {
		if i < 0 || i >= p.Phase || n < 1 || n >= phases[i].Epochs {
			return fmt.Errorf("position %+v is impossible: phase %d stopped after epoch %d", *p, i+1, n)
		}
	}
	if p.Best != nil && (p.Phase == len(phases) || p.Best.Epoch < 1 || p.Best.Epoch > p.Epoch) {
		return fmt.Errorf("position: the best epoch cannot be %+v", *p.Best)
	}
	if steps != p.Step || epochs != len(p.History) {
		return fmt.Errorf("position: want step %d after %d epochs, got step %d after %d", steps, epochs, p.Step, len(p.History))
	}
	return nil
}
