package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// As in huffman.go and entropy.go.
const (
	fastBits  = 10
	unrolled  = 4 // symbols of at most fastBits bits to a look at the stream, which shows 56
	pastBlock = 128

	// Fields of entropy.
	atAt, atStream, atHave, atLimit, atBytes, atJobs, atJobCount, atJob, atPlace, atMCUs = 0, 8, 16, 24, 32, 56, 64, 80, 88, 96

	// Fields of job.
	jobValues, jobDC, jobAC, jobPredicted, jobAt, jobStep, jobSize = 0, 24, 32, 40, 48, 56, 64
)

// reader is the state that is in registers.
type reader struct {
	*file
	entropy, job           reg.GPVirtual // addresses
	data, at, stream, have reg.GPVirtual
	values, ac, place      reg.GPVirtual
}

// values reads blocks.
func (f *file) values() {
	p := f.begin("bmi2Values", "func(entropy *uint64, order *byte)", "entropy", "order")
	f.Doc("bmi2Values is entropy.shortPlain.")
	r := &reader{file: f, entropy: p[0], job: f.GP64(), data: f.GP64(), at: f.GP64(), stream: f.GP64(), have: f.GP64(),
		values: f.GP64(), ac: f.GP64(), place: f.GP64()}
	order := p[1]
	f.MOVQ(at(r.entropy, atBytes), r.data)
	f.MOVQ(at(r.entropy, atAt), r.at)
	f.MOVQ(at(r.entropy, atStream), r.stream)
	f.MOVQ(at(r.entropy, atHave), r.have)
	f.MOVQ(at(r.entropy, atPlace), r.place)
	f.MOVQ(at(r.entropy, atJob), r.job)
	f.SHLQ(operand.U8(6), r.job) // times jobSize
	f.ADDQ(at(r.entropy, atJobs), r.job)
	r.open()
	f.CMPQ(r.place, operand.U32(64))
	f.JAE(operand.LabelRef("whole"))
	f.TESTQ(r.place, r.place)
	f.JNZ(operand.LabelRef("more"))

	f.Label("block")
	f.CMPQ(r.at, at(r.entropy, atLimit))
	f.JA(operand.LabelRef("end"))
	r.refill()
	dc := f.GP64()
	f.MOVQ(at(r.job, jobDC), dc)
	r.symbol(dc, order)

	f.Label("more")
	r.refill()
	for range unrolled {
		r.symbol(r.ac, order)
		f.CMPQ(r.place, operand.U32(64))
		f.JAE(operand.LabelRef("whole"))
	}
	f.JMP(operand.LabelRef("more"))

	f.Label("whole")
	r.close()
	r.open()
	f.JMP(operand.LabelRef("block"))

	f.Label("end")
	f.SUBQ(at(r.entropy, atJobs), r.job)
	f.SHRQ(operand.U8(6), r.job)
	f.MOVQ(r.job, at(r.entropy, atJob))
	f.MOVQ(r.place, at(r.entropy, atPlace))
	f.MOVQ(r.at, at(r.entropy, atAt))
	f.MOVQ(r.stream, at(r.entropy, atStream))
	f.MOVQ(r.have, at(r.entropy, atHave))
	f.RET()
}

// open takes up a job.
func (r *reader) open() {
	r.MOVQ(at(r.job, jobValues), r.values)
	r.ADDQ(at(r.job, jobAt), r.values)
	r.MOVQ(at(r.job, jobAC), r.ac)
}

// close ends a block, and with it perhaps all.
func (r *reader) close() {
	r.CMPQ(r.place, operand.U32(64))
	r.JE(operand.LabelRef("good"))
	r.CMPQ(r.place, operand.U32(pastBlock))
	r.JB(operand.LabelRef("end"))
	r.Label("good")
	predicted, first, step := r.GP64(), r.GP64(), r.GP64()
	r.MOVQ(at(r.job, jobPredicted), predicted)
	r.MOVWLSX(at(r.values, 0), first.As32())
	r.ADDL(at(predicted, 0), first.As32())
	r.MOVL(first.As32(), at(predicted, 0))
	r.MOVW(first.As16(), at(r.values, 0))
	r.MOVQ(at(r.job, jobStep), step)
	r.ADDQ(step, at(r.job, jobAt))
	r.XORQ(r.place, r.place)
	r.ADDQ(operand.U8(jobSize), r.job)
	end := r.GP64()
	r.MOVQ(at(r.entropy, atJobCount), end)
	r.SHLQ(operand.U8(6), end)
	r.ADDQ(at(r.entropy, atJobs), end)
	r.CMPQ(r.job, end)
	r.JB(operand.LabelRef("next"))
	r.MOVQ(at(r.entropy, atJobs), r.job)
	r.DECQ(at(r.entropy, atMCUs))
	r.JZ(operand.LabelRef("end"))
	r.Label("next")
}

// refill shows the next 56 bits or more.
func (r *reader) refill() {
	next, more := r.GP64(), r.GP64()
	r.MOVQ(operand.Mem{Base: r.data, Index: r.at, Scale: 1}, next)
	r.BSWAPQ(next)
	r.SHRXQ(r.have, next, next)
	r.ORQ(next, r.stream)
	r.MOVQ(operand.U32(63), more)
	r.SUBQ(r.have, more)
	r.SHRQ(operand.U8(3), more)
	r.ADDQ(more, r.at)
	r.ORQ(operand.U8(56), r.have)
}

// symbol takes one, or ends.
func (r *reader) symbol(table, order reg.GPVirtual) {
	entry, bits, step := r.GP64(), r.GP64(), r.GP64()
	r.MOVQ(r.stream, entry)
	r.SHRQ(operand.U8(64-fastBits), entry)
	r.MOVL(operand.Mem{Base: table, Index: entry, Scale: 4}, entry.As32())
	r.MOVBLZX(entry.As8(), bits.As32())
	r.TESTL(bits.As32(), bits.As32())
	r.JZ(operand.LabelRef("end"))
	r.SHLXQ(bits, r.stream, r.stream)
	r.SUBQ(bits, r.have)
	r.MOVL(entry.As32(), step.As32())
	r.SHRL(operand.U8(8), step.As32())
	r.MOVBLZX(step.As8(), step.As32())
	r.ADDQ(step, r.place)
	r.SHRL(operand.U8(16), entry.As32())
	r.MOVBLZX(operand.Mem{Base: order, Disp: -1, Index: r.place, Scale: 1}, bits.As32())
	r.MOVW(entry.As16(), operand.Mem{Base: r.values, Index: bits, Scale: 2})
}
