package main

import "github.com/mmcloughlin/avo/operand"

// peak writes a loop of independent multiply-adds that touches no memory: the
// most that the processor can do. The values stay finite and normal.
func (t target) peak() {
	t.fn(t.name+"Peak", "func(turns int)")
	turns := t.GP64()
	t.Load(t.Param("turns"), turns)
	bits := t.GP32()
	t.MOVL(operand.U32(0x3f800347), bits) // 1.0001
	one := t.XMM()
	t.VMOVD(bits, one)
	n := 2 * t.mr
	x, y := t.vec[n], t.vec[n+1]
	t.VBROADCASTSS(one, x)
	t.VBROADCASTSS(one, y)
	for i := range n {
		t.VMOVAPS(x, t.vec[i])
	}
	t.Label("turn")
	for i := range n {
		t.VFNMADD231PS(x, y, t.vec[i])
	}
	for i := range n {
		t.VFMADD231PS(x, y, t.vec[i])
	}
	t.DECQ(turns)
	t.JNZ(operand.LabelRef("turn"))
	t.VZEROUPPER()
	t.RET()
}
