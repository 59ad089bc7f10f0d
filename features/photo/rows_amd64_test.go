package photo

import (
	"testing"
	"unsafe"
)

// The kernel that reads values knows where the fields lie: internal/rowgen/values.go.
func TestLayout(t *testing.T) {
	t.Parallel()
	var e entropy
	var j job
	for name, at := range map[string][2]uintptr{
		"at": {unsafe.Offsetof(e.at), 0}, "stream": {unsafe.Offsetof(e.stream), 8}, "have": {unsafe.Offsetof(e.have), 16},
		"limit": {unsafe.Offsetof(e.limit), 24}, "bytes": {unsafe.Offsetof(e.bytes), 32}, "jobs": {unsafe.Offsetof(e.jobs), 56},
		"job": {unsafe.Offsetof(e.job), 80}, "place": {unsafe.Offsetof(e.place), 88}, "mcus": {unsafe.Offsetof(e.mcus), 96},
		"values": {unsafe.Offsetof(j.values), 0}, "dc": {unsafe.Offsetof(j.dc), 24}, "ac": {unsafe.Offsetof(j.ac), 32},
		"predicted": {unsafe.Offsetof(j.predicted), 40}, "job at": {unsafe.Offsetof(j.at), 48}, "step": {unsafe.Offsetof(j.step), 56},
		"size of a job": {unsafe.Sizeof(j), 64}, "fast": {unsafe.Offsetof(huffman{}.fast), 0}, "a block": {unsafe.Sizeof([64]int16{}), blockBytes},
	} {
		if at[0] != at[1] {
			t.Errorf("%s: at %d, the kernel wants %d", name, at[0], at[1])
		}
	}
}
