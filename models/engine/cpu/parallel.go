package cpu

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// pool is the engine's threads: goroutines that sleep between calls. The
// goroutine that calls is worker 0, so one thread needs no goroutine at all.
type pool struct {
	threads int
	wake    []chan struct{} // wake[i] starts worker i+1
	left    sync.WaitGroup  // workers that have not finished the call
	closed  sync.Once
	job     job
}

// job is what the workers do now: one of spans, each and tasks is set.
type job struct {
	n     int
	spans func(worker, lo, hi int)
	each  func(worker, task int)
	tasks tasker
	next  atomic.Int64 // first task that nobody has taken
	fail  atomic.Pointer[workerPanic]
}

// tasker is work cut into tasks that do not depend on each other or on the
// worker. A pointer to one lives in the engine, so that handing it to the pool
// allocates nothing, which a closure would.
type tasker interface {
	task(worker, task int)
}

// workerPanic carries a panic from a worker to the goroutine that called.
type workerPanic struct {
	value any
	stack []byte
}

func newPool(threads int) *pool {
	p := &pool{threads: threads, wake: make([]chan struct{}, threads-1)}
	for i := range p.wake {
		p.wake[i] = make(chan struct{}, 1)
		go p.serve(i+1, p.wake[i])
	}
	return p
}

func (p *pool) serve(worker int, wake <-chan struct{}) {
	for range wake {
		p.work(worker)
		p.left.Done()
	}
}

func (p *pool) close() {
	p.closed.Do(func() {
		for _, c := range p.wake {
			close(c)
		}
	})
}

// run lets every worker do its part of the job and waits for all.
func (p *pool) run() {
	p.job.next.Store(0)
	p.left.Add(len(p.wake))
	for _, c := range p.wake {
		c <- struct{}{}
	}
	p.work(0)
	p.left.Wait()
	fail := p.job.fail.Swap(nil)
	p.job.spans, p.job.each, p.job.tasks = nil, nil, nil
	if fail != nil {
		panic(fmt.Sprintf("%v\n\nthe worker's stack:\n%s", fail.value, fail.stack))
	}
}

func (p *pool) work(worker int) {
	defer func() {
		if v := recover(); v != nil {
			p.job.fail.CompareAndSwap(nil, &workerPanic{v, debug.Stack()})
		}
	}()
	j := &p.job
	if j.spans != nil {
		if lo, hi := j.n*worker/p.threads, j.n*(worker+1)/p.threads; lo < hi {
			j.spans(worker, lo, hi)
		}
		return
	}
	for {
		i := int(j.next.Add(1)) - 1
		if i >= j.n {
			return
		}
		if j.tasks != nil {
			j.tasks.task(worker, i)
		} else {
			j.each(worker, i)
		}
	}
}

// parallel cuts [0, n) into one span a worker, the same spans on every call, and
// runs f on all of them at once. Small work is done faster by calling f(0, 0, n):
// waking the threads costs some microseconds. The only allocation is the closure.
func (e *Engine) parallel(n int, f func(worker, lo, hi int)) {
	if e.pool.threads == 1 || n == 1 {
		f(0, 0, n)
		return
	}
	e.pool.job.n, e.pool.job.spans = n, f
	e.pool.run()
}

// parallelTasks runs f for each task of [0, n), each on whichever worker is free.
// A task's result must not depend on the worker (use worker for scratch only):
// that keeps results the same on every run, and for every number of threads.
func (e *Engine) parallelTasks(n int, f func(worker, task int)) {
	if e.pool.threads == 1 || n == 1 {
		for i := range n {
			f(0, i)
		}
		return
	}
	e.pool.job.n, e.pool.job.each = n, f
	e.pool.run()
}

// dispatch is parallelTasks without a closure, and so without any allocation.
func (e *Engine) dispatch(n int, t tasker) {
	if e.pool.threads == 1 || n == 1 {
		for i := range n {
			t.task(0, i)
		}
		return
	}
	e.pool.job.n, e.pool.job.tasks = n, t
	e.pool.run()
}
