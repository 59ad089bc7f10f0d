package cpu

// packPanel copies rows of cols <= nr columns to a panel of width nr, with zeros
// in the columns that do not exist. src starts at the first element; its rows
// are ld apart.
func (ks *kernelSet) packPanel(dst, src []float32, ld, rows, cols int) {
	nr := ks.nr
	if cols == nr && ks.pack != nil && rows > 0 {
		_, _ = src[(rows-1)*ld+nr-1], dst[rows*nr-1]
		ks.pack(&dst[0], &src[0], 4*ld, rows)
		return
	}
	for i := range rows {
		row := dst[i*nr : i*nr+nr]
		copy(row, src[i*ld:i*ld+cols])
		clear(row[cols:])
	}
}

// packTransposed makes the same panel from a matrix that is stored transposed:
// each column of the panel is a row of src, of which it takes the first rows.
func (ks *kernelSet) packTransposed(dst, src []float32, ld, rows, cols int) {
	nr := ks.nr
	ks.turn(dst, src, nr, ld, rows, cols)
	for i := range rows {
		clear(dst[i*nr+cols : i*nr+nr])
	}
}

// turn transposes a matrix: each of cols columns of dst, whose rows are to apart, is
// the first rows elements of a row of src, which are ld apart.
func (ks *kernelSet) turn(dst, src []float32, to, ld, rows, cols int) {
	j := 0
	if ks.transpose != nil {
		blocks := rows / 8
		for ; blocks > 0 && j+8 <= cols; j += 8 {
			_ = src[(j+7)*ld+8*blocks-1]
			_ = dst[(8*blocks-1)*to+j+7]
			ks.transpose(&dst[j], &src[j*ld], 4*to, 4*ld, blocks)
			if rest := rows - 8*blocks; rest > 0 {
				scatter(dst[8*blocks*to:], src[8*blocks:], to, ld, rest, j, j+8)
			}
		}
	}
	scatter(dst, src, to, ld, rows, j, cols)
}

// scatter is turn for columns [from, end), element by element.
func scatter(dst, src []float32, to, ld, rows, from, end int) {
	for j := from; j < end; j++ {
		for i, v := range src[j*ld : j*ld+rows] {
			dst[i*to+j] = v
		}
	}
}

// copyRows copies rows of n elements that are ld apart in src and to apart in dst.
func copyRows(dst, src []float32, to, ld, rows, n int) {
	for i := range rows {
		copy(dst[i*to:i*to+n], src[i*ld:i*ld+n])
	}
}
