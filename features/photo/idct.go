package photo

// Blocks of 8x8 become pixels by the inverse cosine transform of Loeffler,
// Ligtenberg and Moschytz (ICASSP 1989, p. 988), in the fixed point of libjpeg's
// "islow": factors of 13 bits, 2 more bits between the passes, sums of 32 bits, and
// 16 where the kernel has 16. So a photo has the same pixels on every machine, and
// those that libjpeg-turbo gives.

const (
	factorBits = 13
	passBits   = 2

	f0298 = 2446 // 0.298631336
	f0390 = 3196
	f0541 = 4433
	f0765 = 6270
	f0899 = 7373
	f1175 = 9633
	f1501 = 12299
	f1847 = 15137
	f1961 = 16069
	f2053 = 16819
	f2562 = 20995
	f3072 = 25172
)

// idctPlain writes a block of 8x8 pixels: values times factors, transformed, and
// 128 added.
func idctPlain(dst []byte, stride int, values, factors *[64]int16) {
	var mid [64]int16
	var out [8]int32
	for x := range 8 {
		v, q := values[x:], factors[x:]
		_, _ = v[56], q[56]
		if v[8]|v[16]|v[24]|v[32]|v[40]|v[48]|v[56] == 0 {
			level := short(int32(v[0]*q[0]) << passBits)
			for y := range 8 {
				mid[8*y+x] = level
			}
			continue
		}
		idctLine(&out, v[0]*q[0], v[8]*q[8], v[16]*q[16], v[24]*q[24], v[32]*q[32], v[40]*q[40], v[48]*q[48], v[56]*q[56])
		for y, o := range out {
			mid[8*y+x] = short((o + 1<<(factorBits-passBits-1)) >> (factorBits - passBits))
		}
	}
	for y := range 8 {
		m, row := mid[8*y:][:8], dst[y*stride:][:8]
		idctLine(&out, m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7])
		for x, o := range out {
			row[x] = clamp((o+1<<(factorBits+passBits+2))>>(factorBits+passBits+3) + 128)
		}
	}
}

// idctLine transforms 8 values; the result has factorBits more bits, and is 2.8
// times (the root of 8) too large.
func idctLine(out *[8]int32, v0, v1, v2, v3, v4, v5, v6, v7 int16) {
	a, b := int32(v2), int32(v6)
	e2, e3 := a*f0541+b*(f0541-f1847), a*(f0541+f0765)+b*f0541
	e0, e1 := int32(v0+v4)<<factorBits, int32(v0-v4)<<factorBits
	t0, t3, t1, t2 := e0+e3, e0-e3, e1+e2, e1-e2

	z3, z4 := int32(v7+v3), int32(v5+v1)
	y3, y4 := z3*(f1175-f1961)+z4*f1175, z3*f1175+z4*(f1175-f0390)
	p, q, r, s := int32(v7), int32(v5), int32(v3), int32(v1)
	o0 := p*(f0298-f0899) - s*f0899 + y3
	o1 := q*(f2053-f2562) - r*f2562 + y4
	o2 := r*(f3072-f2562) - q*f2562 + y3
	o3 := s*(f1501-f0899) - p*f0899 + y4
	out[0], out[1], out[2], out[3] = t0+o3, t1+o2, t2+o1, t3+o0
	out[4], out[5], out[6], out[7] = t3-o0, t2-o1, t1-o2, t0-o3
}

// short is v as 16 bits, or the nearest of them.
func short(v int32) int16 { return int16(min(max(v, -1<<15), 1<<15-1)) }

// idctSmall writes a block as n x n pixels, n 4, 2 or 1: what its lowest n x n values say
// about an image of that size.
func idctSmall(dst []byte, stride, n int, values, factors *[64]int16) {
	at := func(i int) int32 { return int32(values[i] * factors[i]) }
	switch n {
	case 1:
		dst[0] = clamp((at(0)+4)>>3 + 128)
	case 2:
		a, b, c, d := at(0)+4, at(1), at(8), at(9)
		dst[0], dst[1] = clamp((a+b+c+d)>>3+128), clamp((a-b+c-d)>>3+128)
		dst[stride], dst[stride+1] = clamp((a+b-c-d)>>3+128), clamp((a-b-c+d)>>3+128)
	default:
		var mid [4][4]int32
		for x := range 4 {
			out := idctFour(at(x), at(8+x), at(16+x), at(24+x))
			for y := range 4 {
				mid[y][x] = (out[y] + 1<<(factorBits-passBits-1)) >> (factorBits - passBits)
			}
		}
		for y := range 4 {
			m := &mid[y]
			for x, o := range idctFour(m[0], m[1], m[2], m[3]) {
				dst[y*stride+x] = clamp((o+1<<(factorBits+passBits+2))>>(factorBits+passBits+3) + 128)
			}
		}
	}
}

// idctFour transforms 4 values; the result has factorBits more bits, and is the root
// of 8 times too large for an image of half the size.
func idctFour(a, b, c, d int32) [4]int32 {
	const f1306 = f0541 + f0765 // 1.306562965
	e0, e1 := (a+c)<<factorBits, (a-c)<<factorBits
	o0, o1 := b*f1306+d*f0541, b*f0541-d*f1306
	return [4]int32{e0 + o0, e1 + o1, e1 - o1, e0 - o0}
}
