package tensorboard

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a protobuf message being written. The methods are named for what a
// field holds and take the field's number.
type message []byte

func (m *message) text(field protowire.Number, s string) { m.bytes(field, []byte(s)) }

func (m *message) bytes(field protowire.Number, b []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), b)
}

func (m *message) integer(field protowire.Number, n int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(n))
}

func (m *message) double(field protowire.Number, x float64) {
	*m = protowire.AppendFixed64(protowire.AppendTag(*m, field, protowire.Fixed64Type), math.Float64bits(x))
}

func (m *message) float(field protowire.Number, x float32) {
	*m = protowire.AppendFixed32(protowire.AppendTag(*m, field, protowire.Fixed32Type), math.Float32bits(x))
}

// The fields of event.proto and summary.proto, by their paths there.
const (
	eventWallTime    = 1
	eventStep        = 2
	eventFileVersion = 3
	eventSummary     = 5

	summaryValue  = 1
	valueTag      = 1
	valueSimple   = 2
	valueTensor   = 8
	valueMetadata = 9

	metadataPlugin = 1
	pluginName     = 1
	pluginContent  = 2
)

// event is an Event at a time; body adds what it tells.
func event(at time.Time, step int64, body func(*message)) message {
	var m message
	m.double(eventWallTime, seconds(at))
	if step != 0 {
		m.integer(eventStep, step)
	}
	body(&m)
	return m
}

// summary adds a Summary of one Value with a tag.
func summary(m *message, tag string, value func(*message)) {
	var v, s message
	v.text(valueTag, tag)
	value(&v)
	s.bytes(summaryValue, v)
	m.bytes(eventSummary, s)
}

// seconds since 1970, as TensorFlow counts time.
func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// The fields of the hparams plugin's plugin_data.proto and of protobuf's own Value.
const (
	pluginStart = 3
	startParams = 1
	startGroup  = 4
	startTime   = 5
	pluginEnd   = 4
	endStatus   = 1
	endTime     = 2

	entryKey    = 1
	entryValue  = 2
	valueNumber = 2
	valueText   = 3
	valueBool   = 4
)

// noTensor is what the hparams plugin puts where a summary wants a tensor: the type
// float (1) and a shape of one dimension that is empty.
var noTensor = []byte{0x08, 0x01, 0x12, 0x02, 0x12, 0x00}

// hparams adds a summary that carries a message of the hparams plugin.
func hparams(m *message, tag string, field protowire.Number, body message) {
	var data, plugin, metadata message
	data.bytes(field, body)
	plugin.text(pluginName, "hparams")
	plugin.bytes(pluginContent, data)
	metadata.bytes(metadataPlugin, plugin)
	summary(m, tag, func(v *message) {
		v.bytes(valueTensor, noTensor)
		v.bytes(valueMetadata, metadata)
	})
}

// sessionStart is what a run is made with, sorted by name.
func sessionStart(at time.Time, group string, params map[string]string) message {
	var m message
	for _, name := range slices.Sorted(maps.Keys(params)) {
		var entry message
		entry.text(entryKey, name)
		entry.bytes(entryValue, paramValue(params[name]))
		m.bytes(startParams, entry)
	}
	m.text(startGroup, group)
	m.double(startTime, seconds(at))
	return m
}

// paramValue is a Value: a number or a truth value where the text is one, so that
// the plugin can sort and filter by it.
func paramValue(text string) (m message) {
	if x, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) {
		m.double(valueNumber, x)
		return m
	}
	switch text {
	case "true":
		m.integer(valueBool, 1)
	case "false":
		m.integer(valueBool, 0)
	default:
		m.text(valueText, text)
	}
	return m
}
