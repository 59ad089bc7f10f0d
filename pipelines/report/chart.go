package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/go-analyze/charts"
)

// chart is a drawing with its title and a legend that wraps on a narrow screen.
type chart struct {
	Title  string
	Legend []legend
	SVG    template.HTML
}

// legend is a line of a chart: class is its colour in the style sheet.
type legend struct{ Class, Name string }

// line is one series of a chart. NaN leaves a gap.
type line struct {
	Name   string
	Values []float64
	Dots   bool // dots without a line between them
}

// axes say what a chart shows.
type axes struct {
	title    string
	x        string   // what the labels are
	labels   []string // of each value
	from, to *float64 // the ends of the axis of values; nil: around the values
}

// palette is how many colours lines have before they begin again.
const palette = 10

// Colours that stand for variables of the style sheet, so that a chart follows the
// page's light or dark colours. They are nobody's real colours.
var (
	inkColour  = charts.Color{R: 251, G: 1, B: 1, A: 255}
	gridColour = charts.Color{R: 251, G: 1, B: 2, A: 255}
	backColour = charts.Color{R: 251, G: 1, B: 3, A: 255}
)

func lineColour(i int) charts.Color { return charts.Color{R: 251, G: 2, B: uint8(i % palette), A: 255} }

// variables turns the colours above into the style sheet's.
var variables = func() *strings.Replacer {
	pairs := []string{"rgb(251,1,1)", "var(--ink)", "rgb(251,1,2)", "var(--grid)", "rgb(251,1,3)", "var(--card)"}
	for i := range palette {
		pairs = append(pairs, fmt.Sprintf("rgb(251,2,%d)", i), fmt.Sprintf("var(--s%d)", i))
	}
	return strings.NewReplacer(pairs...)
}()

func theme(lines int) charts.ColorPalette {
	o := charts.ThemeOption{AxisStrokeColor: gridColour, AxisSplitLineColor: gridColour, BackgroundColor: backColour,
		TextColor: inkColour, TextColorXAxis: inkColour, TextColorYAxis: inkColour}
	for i := range lines {
		o.SeriesColors = append(o.SeriesColors, lineColour(i))
	}
	return charts.MakeTheme(o)
}

// Size of a chart in its own units. On a narrow phone it is drawn at about 3/4 of it, so
// that its letters are large.
const (
	chartWidth, chartHeight = 480, 270
	chartLetters            = 10 // points
	mostDots                = 40 // values of a line that each have a dot
)

// drawLines draws lines over a row of labels.
func drawLines(a axes, lines []line) (chart, error) {
	c := chart{Title: a.title}
	values := make([][]float64, len(lines))
	for i, l := range lines {
		c.Legend = append(c.Legend, legend{fmt.Sprintf("s%d", i%palette), l.Name})
		for _, v := range l.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				v = charts.GetNullValue()
			}
			values[i] = append(values[i], v)
		}
	}
	y := a.scaleOf(lines)
	o := charts.NewLineChartOptionWithData(values)
	o.Theme = theme(len(lines))
	o.Legend.Show = charts.Ptr(false)
	o.LineStrokeWidth = 2
	letters := charts.FontStyle{FontSize: chartLetters, FontColor: inkColour}
	o.XAxis.Labels, o.XAxis.Title = a.labels, a.x
	o.XAxis.LabelFontStyle, o.XAxis.TitleFontStyle = letters, letters
	o.XAxis.LabelCount = min(len(a.labels), 10)
	o.YAxis = []charts.YAxisOption{{LabelFontStyle: letters, Min: &y.min, Max: &y.max, LabelCount: y.labels, ValueFormatter: tick}}
	for i, l := range lines {
		switch {
		case l.Dots:
			o.SeriesList[i].Symbol = charts.Symbol{Shape: charts.SymbolDot, Size: 6}
		case len(l.Values) > mostDots:
			o.SeriesList[i].Symbol = charts.Symbol{Shape: charts.SymbolNone}
		default:
			o.SeriesList[i].Symbol = charts.Symbol{Shape: charts.SymbolDot, Size: 2.5}
		}
	}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: chartHeight})
	if err := p.LineChart(o); err != nil {
		return c, fmt.Errorf("draw %s: %w", a.title, err)
	}
	b, err := p.Bytes()
	if err != nil {
		return c, fmt.Errorf("draw %s: %w", a.title, err)
	}
	// The library escapes the letters of labels; the only ones that are not ours.
	svg := strings.Replace(variables.Replace(string(b)), "<svg ", `<svg role="img" aria-label="`+template.HTMLEscapeString(a.title)+`" `, 1)
	c.SVG = template.HTML(svg)
	return c, nil
}

// scale is an axis of values from min to max in steps that a person likes.
type scale struct {
	min, max float64
	labels   int
}

// scaleOf is a scale around the values of lines, not around 0: scores of 0.981 and 0.983
// are not the same line.
func (a axes) scaleOf(lines []line) scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		for _, v := range l.Values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if a.from != nil {
		low = *a.from
	}
	if a.to != nil {
		high = *a.to
	}
	if low >= high { // one value, or none
		if math.IsInf(low, 0) {
			low = 0
		}
		low, high = low-max(math.Abs(low)/20, 1e-6), low+max(math.Abs(low)/20, 1e-6)
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/3)))
	for _, k := range []float64{5, 2.5, 2} {
		if k*step <= (high-low)/3 {
			step *= k
			break
		}
	}
	s := scale{min: math.Floor(low/step+1e-9) * step, max: math.Ceil(high/step-1e-9) * step}
	s.labels = int(math.Round((s.max-s.min)/step)) + 1
	return s
}

// tick is a number beside an axis.
func tick(v float64) string {
	if v != 0 && math.Abs(v) < 1e-3 {
		return fmt.Sprintf("%.1e", v)
	}
	return fmt.Sprintf("%.4g", v)
}
