package ref

import "github.com/seed-a5aa75a0/podium/models/engine"

// CopyColumns copies columns of a matrix into another one.
func (e *Engine) CopyColumns(c engine.Columns, src, dst engine.T) error {
	o := operands{op: "copy columns"}
	if err := c.Check(); err != nil {
		o.want(false, "%w", err)
	}
	from, to := o.get("src", src, c.Rows*c.FromCols), o.get("dst", dst, c.Rows*c.ToCols)
	if o.err != nil {
		return o.err
	}
	for i := range c.Rows {
		copy(to[i*c.ToCols+c.To:][:c.Cols], from[i*c.FromCols+c.From:])
	}
	return nil
}
