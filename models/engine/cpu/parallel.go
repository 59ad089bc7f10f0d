package cpu

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// pool is the engine's threads: goroutines that sleep between calls. The
// goroutine that calls is worker 0, so one thread needs no goroutine at all.
//
// A call opens the job, wakes the workers and works itself; when no task is left
// it closes the job and waits for the workers that are in it. A worker that
// wakes up late finds the job closed, or the next one open: nobody waits for a
// thread that has nothing to do, which matters on a busy machine.
//
// To wake a thread takes as long as many a call: 0.03 to 0.1 ms on a virtual machine,
// whose idle processors are given back to the host. So who has nothing to do looks
// around for as long before it sleeps, since the next call most often follows at once.
// On a busy machine, where another wants the processor, that costs up to 4 %.
type pool struct {
	threads int
	wake    []chan struct{} // wake[i] starts worker i+1
	looks   []looker        // looks[i] says that worker i+1 needs no waking
	jobs    atomic.Int64    // that were opened
	closed  sync.Once

	state atomic.Int64  // workers in the job, plus shut when none may enter
	empty chan struct{} // the last worker left a shut job

	n     int // the job: one of each and tasks is set
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

const shut = 1 << 32

// lookFor is how long a thread without work looks for more before it sleeps.
const lookFor = 100 * time.Microsecond

// looker has a cache line of its own: its worker writes it, and the caller reads it.
type looker struct {
	atomic.Bool
	_ [60]byte
}

func newPool(threads int) *pool {
	p := &pool{threads: threads, wake: make([]chan struct{}, threads-1), looks: make([]looker, threads-1), empty: make(chan struct{}, 1)}
	p.state.Store(shut)
	for i := range p.wake {
		p.wake[i] = make(chan struct{}, 1)
		go p.serve(i+1, p.wake[i], &p.looks[i])
	}
	return p
}

func (p *pool) serve(worker int, wake <-chan struct{}, looks *looker) {
	for range wake {
		for job, more := p.jobs.Load(), true; more; job, more = p.awaitJob(job, looks) {
			if !p.enter() {
				continue
			}
			p.work(worker)
			if p.state.Add(-1) == shut {
				p.empty <- struct{}{}
			}
		}
	}
}

// awaitJob looks for a job after job number last, and says whether there is one.
func (p *pool) awaitJob(last int64, looks *looker) (job int64, more bool) {
	looks.Store(true)
	lookWhile(func() bool { return p.jobs.Load() == last })
	looks.Store(false)
	job = p.jobs.Load() // one may have been opened by who saw that this worker looks
	return job, job != last
}

// lookWhile returns when nothing is not true any more, or lookFor has passed.
func lookWhile(nothing func() bool) {
	const often = 512 // 1 us, so that neither the clock nor the scheduler has much to do
	for start := time.Now(); time.Since(start) < lookFor; runtime.Gosched() {
		for range often {
			if !nothing() {
				return
			}
		}
	}
}

func (p *pool) enter() bool {
	for {
		s := p.state.Load()
		if s >= shut {
			return false
		}
		if p.state.CompareAndSwap(s, s+1) {
			return true
		}
	}
}

func (p *pool) close() {
	p.closed.Do(func() {
		for _, c := range p.wake {
			close(c)
		}
	})
}

// run does the job with all workers.
func (p *pool) run() {
	p.next.Store(0)
	p.state.Store(0)
	p.jobs.Add(1)
	for i, c := range p.wake[:min(len(p.wake), p.n-1)] {
		if p.looks[i].Load() {
			continue
		}
		select {
		case c <- struct{}{}:
		default: // it has not yet woken up from the last time
		}
	}
	p.work(0)
	if p.state.Add(shut) != shut {
		p.awaitWorkers()
	}
	fail := p.fail.Swap(nil)
	p.each, p.tasks = nil, nil
	if fail != nil {
		panic(fmt.Sprintf("%v\n\nthe worker's stack:\n%s", fail.value, fail.stack))
	}
}

// awaitWorkers waits for the workers in the job: most often they are about to finish.
func (p *pool) awaitWorkers() {
	lookWhile(func() bool { return len(p.empty) == 0 })
	<-p.empty
}

func (p *pool) work(worker int) {
	defer func() {
		if v := recover(); v != nil {
			p.fail.CompareAndSwap(nil, &workerPanic{v, debug.Stack()})
		}
	}()
	for {
		i := int(p.next.Add(1)) - 1
		if i >= p.n {
			return
		}
		if p.tasks != nil {
			p.tasks.task(worker, i)
		} else {
			p.each(worker, i)
		}
	}
}

// parallelTasks runs f for each task of [0, n), each on whichever worker is free.
// A task's result must not depend on the worker (use worker for scratch only):
// that keeps results the same on every run, and for every number of threads.
func (e *Engine) parallelTasks(n int, f func(worker, task int)) {
	if e.pool.threads == 1 || n <= 1 {
		for i := range n {
			f(0, i)
		}
		return
	}
	e.pool.n, e.pool.each = n, f
	e.pool.run()
}

// dispatch is parallelTasks without a closure, and so without any allocation.
func (e *Engine) dispatch(n int, t tasker) {
	if e.pool.threads == 1 || n <= 1 {
		for i := range n {
			t.task(0, i)
		}
		return
	}
	e.pool.n, e.pool.tasks = n, t
	e.pool.run()
}
