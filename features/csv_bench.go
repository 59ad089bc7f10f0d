package features

import (
	"bufio"
	"io"
	"strconv"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// WriteDigitsCSV writes a table in the form of digit-recognizer's train.csv:
// label,pixel0..pixel783. The pixels are no digits but have their statistics:
// about a fifth of them, in runs, are not zero. The same number of rows gives
// the same bytes.
func WriteDigitsCSV(dst io.Writer, rows int) error {
	w := bufio.NewWriterSize(dst, 1<<18)
	w.WriteString("label")
	for i := range 784 {
		w.WriteString(",pixel" + strconv.Itoa(i))
	}
	w.WriteByte('\n')
	r := seed.Rand(1, "digits_csv")
	var line []byte
	for range rows {
		line = strconv.AppendInt(line[:0], int64(r.IntN(10)), 10)
		for ink, i := false, 0; i < 784; i++ {
			if ink && r.IntN(8) == 0 || !ink && r.IntN(32) == 0 {
				ink = !ink
			}
			v := int64(0)
			if ink {
				v = min(int64(r.IntN(400)), 255)
			}
			line = strconv.AppendInt(append(line, ','), v, 10)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return w.Flush()
}
