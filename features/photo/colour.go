package photo

import "image/color"

// over is v of opacity a over white.
func over(v, a uint8) uint8 {
	if a == 255 {
		return v
	}
	return uint8((int(v)*int(a) + 255*(255-int(a)) + 127) / 255)
}

func nrgba(c color.Color) (r, g, b, a uint8) {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return n.R, n.G, n.B, n.A
}

// join writes planes of the same size, back to back in src, as pixels of c
// channels, 1 or 3. Grey is 0.299 R + 0.587 G + 0.114 B (ITU BT.601), of YCbCr
// it is Y.
func (k *rowKernels) join(dst []byte, src [][]byte, from colours, c int) {
	switch {
	case c == 1 && (from == grey || from == ycbcr):
		copy(dst, src[0])
	case c == 1 && from == rgb:
		r, g, b := src[0], src[1], src[2]
		for i := range dst {
			dst[i] = luma(r[i], g[i], b[i])
		}
	case c == 1:
		for i := range dst {
			light := 255 - src[3][i]
			dst[i] = luma(ink(src[0][i], light), ink(src[1][i], light), ink(src[2][i], light))
		}
	case from == grey:
		for i, v := range src[0] {
			dst[3*i], dst[3*i+1], dst[3*i+2] = v, v, v
		}
	case from == ycbcr:
		k.ycbcr(dst, src[0], src[1], src[2])
	case from == rgb:
		r, g, b := src[0], src[1], src[2]
		for i := range r {
			p := dst[3*i:][:3]
			p[0], p[1], p[2] = r[i], g[i], b[i]
		}
	default:
		for i, black := range src[3] {
			p := dst[3*i:][:3]
			p[0], p[1], p[2] = ink(src[0][i], 255-black), ink(src[1][i], 255-black), ink(src[2][i], 255-black)
		}
	}
}

// luma is as PIL rounds it.
func luma(r, g, b uint8) uint8 {
	return uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}

// ink is the light that v of a colour leaves of light.
func ink(v, light uint8) uint8 { return uint8((int(255-v)*int(light) + 127) / 255) }

// joinYCbCrPlain is JFIF's conversion: full range, BT.601, rounded to nearest, in
// fixed point of 14 bits.
func joinYCbCrPlain(dst, y, cb, cr []byte) {
	const (
		half = 1 << 13
		rCr  = 22970 // 1.402
		gCb  = -5638 // -0.344136
		gCr  = -11700
		bCb  = 29032 // 1.772
	)
	dst, cb, cr = dst[:3*len(y)], cb[:len(y)], cr[:len(y)]
	for i, v := range y {
		l, u, w := int32(v)<<14+half, int32(cb[i])-128, int32(cr[i])-128
		p := dst[3*i:][:3:3]
		p[0], p[1], p[2] = clamp((l+rCr*w)>>14), clamp((l+gCb*u+gCr*w)>>14), clamp((l+bCb*u)>>14)
	}
}

func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}
