package cli

import (
	"fmt"
	"io"

	"github.com/go-analyze/charts"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/models/train"
)

// drawCurve writes a sweep of the learning rate as a PNG: the loss of each step, the
// smoothed one and the proposal on it. The rates of a sweep rise by the same factor,
// so that an axis of steps is a logarithmic one of rates.
func drawCurve(path, title string, c train.Curve) error {
	loss, smoothed, proposed := make([]float64, len(c.Points)), make([]float64, len(c.Points)), make([]float64, len(c.Points))
	labels := make([]string, len(c.Points))
	top := 1.5 * c.Points[0].Smoothed // what diverges is cut off there
	at := nearestRate(c)
	for i, p := range c.Points {
		labels[i] = fmt.Sprintf("%.2g", p.LR)
		loss[i], smoothed[i], proposed[i] = min(p.Loss, top), min(p.Smoothed, top), charts.GetNullValue()
		if i == at {
			proposed[i] = smoothed[i]
		}
	}
	names, values := []string{"loss of a step", "smoothed"}, [][]float64{loss, smoothed}
	if c.LR > 0 {
		names, values = append(names, fmt.Sprintf("proposed: %g", c.LR)), append(values, proposed)
	}
	opt := charts.NewLineChartOptionWithData(values)
	opt.Title.Text = title
	opt.Legend.SeriesNames = names
	opt.Legend.Offset = charts.OffsetRight
	opt.XAxis.Labels, opt.XAxis.Title, opt.XAxis.LabelCount = labels, "learning rate", 9
	opt.LineStrokeWidth = 1.5
	opt.Symbol = charts.Symbol{Shape: charts.SymbolNone}
	if c.LR > 0 {
		opt.SeriesList[2].Symbol = charts.Symbol{Shape: charts.SymbolDot, Size: 6}
	}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: 900, Height: 520})
	if err := p.LineChart(opt); err != nil {
		return fmt.Errorf("draw %s: %w", path, err)
	}
	b, err := p.Bytes()
	if err != nil {
		return fmt.Errorf("draw %s: %w", path, err)
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// nearestRate is the step whose rate is nearest to the proposal, -1 for none.
func nearestRate(c train.Curve) int {
	at := -1
	for i, p := range c.Points {
		if c.LR > 0 && p.LR <= c.LR*1.0001 {
			at = i
		}
	}
	return at
}
