package enginetest

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// columns tests CopyColumns.
func columns(s *suite) {
	for _, c := range []engine.Columns{
		{Rows: 1, Cols: 1, FromCols: 1, ToCols: 1},
		{Rows: 7, Cols: 3, FromCols: 3, To: 4, ToCols: 9},
		{Rows: 31, Cols: 16, From: 5, FromCols: 33, ToCols: 16},
		{Rows: 3000, Cols: 48, From: 16, FromCols: 64, To: 3, ToCols: 60},
	} {
		name := fmt.Sprintf("%+v", c)
		s.draw(name)
		s.check(name, func(e engine.Engine, t []engine.T) error {
			return e.CopyColumns(c, t[0], t[1])
		}, in("src", s.random(c.Rows*c.FromCols)), inout("dst", s.random(c.Rows*c.ToCols)).exactly())
	}
	t, u := s.engine.Tensor(64), s.engine.Tensor(64)
	s.refuse("columns beyond the source", s.engine.CopyColumns(engine.Columns{Rows: 2, Cols: 3, From: 1, FromCols: 3, ToCols: 3}, t, u))
	s.refuse("columns beyond the destination", s.engine.CopyColumns(engine.Columns{Rows: 2, Cols: 3, FromCols: 3, To: 1, ToCols: 3}, t, u))
	s.refuse("no rows", s.engine.CopyColumns(engine.Columns{Cols: 3, FromCols: 3, ToCols: 3}, t, u))
}
