package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// scoring is the set of gradings under way in this process.
type scoring struct {
	mu      sync.Mutex
	wg      sync.WaitGroup
	busy    map[int64]bool
	slots   chan struct{} // few at once: a grading holds the solution
	stopped chan struct{}
	closed  bool
}

func (q *scoring) start() {
	q.busy, q.slots, q.stopped = map[int64]bool{}, make(chan struct{}, 2), make(chan struct{})
}

// stop lets running gradings end and keeps new ones from starting.
func (q *scoring) stop() {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.stopped)
	}
	q.mu.Unlock()
	q.wg.Wait()
}

// begin claims a submission; false if it is under way or the end has come.
func (q *scoring) begin(ref int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.busy[ref] {
		return false
	}
	q.busy[ref] = true
	q.wg.Add(1)
	return true
}

func (q *scoring) end(ref int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.busy, ref)
	q.wg.Done()
}

// enqueue grades a submission in the background.
func (s *Sandbox) enqueue(en event) {
	if !s.scoring.begin(en.Ref) {
		return
	}
	go func() {
		defer s.scoring.end(en.Ref)
		if s.delay > 0 {
			select {
			case <-time.After(s.delay):
			case <-s.scoring.stopped:
				return // it stays pending; the next Open takes it up
			}
		}
		s.score(en)
	}()
}

// score grades and records. If the record cannot be written the submission
// stays pending and rescue tries again.
func (s *Sandbox) score(en event) {
	s.scoring.slots <- struct{}{}
	g, err := s.gradeFile(en)
	<-s.scoring.slots // the record is written together with others
	ev := event{Kind: kindScore, Time: s.now().UTC(), Competition: en.Competition, Ref: en.Ref}
	if err != nil {
		ev.Error = err.Error()
	} else {
		ev.Public, ev.Private = &g.public, &g.private
	}
	_ = s.journal.update(context.Background(), func(t *tx) error {
		if known := t.st.entries[en.Ref]; known == nil || known.scored {
			return nil // reset meanwhile, or another process was faster
		}
		return t.add(ev)
	})
}

func (s *Sandbox) gradeFile(en event) (g grades, err error) {
	defer func() {
		if p := recover(); p != nil { // a grader's mistake must not leave a submission pending for ever
			g, err = grades{}, fmt.Errorf("internal error while grading: %v", p)
		}
	}()
	c, err := s.load(en.Competition)
	if err != nil {
		return grades{}, err
	}
	sol, err := c.readSolution()
	if err != nil {
		return grades{}, err
	}
	f, err := os.Open(c.submissionPath(en.Ref))
	if err != nil {
		return grades{}, err
	}
	defer f.Close()
	return c.grade(sol, f)
}

func (c *competition) submissionPath(ref int64) string {
	return filepath.Join(c.submissions(), strconv.FormatInt(ref, 10)+".csv")
}

// rescue grades submissions that have been pending for longer than age and
// that nobody here is grading: the process that took them in has ended.
func (s *Sandbox) rescue(age time.Duration) error {
	var left []event
	now := s.now()
	err := s.journal.view(func(st *state) {
		for _, en := range st.pending {
			if now.Sub(en.Time) >= age {
				left = append(left, en.event)
			}
		}
	})
	for _, en := range left {
		s.enqueue(en)
	}
	return err
}
