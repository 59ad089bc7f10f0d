package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// MarshalREST writes an answer as the REST dialect has it. Nothing is left
// out; an optional field x (tag rest:"nullable") is followed by xNullable,
// which is null where x has nothing to say, and hasX; a state is lower case;
// and a list (tag rest:"bare") is the whole answer, without the page token
// beside it.
func MarshalREST(answer any) ([]byte, error) {
	v := reflect.Indirect(reflect.ValueOf(answer))
	if v.Kind() == reflect.Struct {
		if i := bareField(v.Type()); i >= 0 {
			v = v.Field(i)
		}
	}
	var b bytes.Buffer
	err := writeREST(&b, v)
	return b.Bytes(), err
}

func writeREST(b *bytes.Buffer, v reflect.Value) error {
	switch {
	case v.Kind() == reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeREST(b, v.Index(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[Time]():
		return writeRESTObject(b, v)
	}
	value := v.Interface()
	if s, ok := value.(Status); ok {
		value = strings.ToLower(string(s))
	}
	text, err := json.Marshal(value)
	b.Write(text)
	return err
}

func writeRESTObject(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := fieldName(f)
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q:", name)
		if err := writeREST(b, v.Field(i)); err != nil {
			return err
		}
		if f.Tag.Get("rest") != "nullable" {
			continue
		}
		has := !v.Field(i).IsZero()
		fmt.Fprintf(b, `,%q:%v,%q:`, "has"+strings.ToUpper(name[:1])+name[1:], has, name+"Nullable")
		if !has {
			b.WriteString("null")
		} else if err := writeREST(b, v.Field(i)); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// bareField is the number of the list that is a REST answer by itself, -1
// where the answer is the whole message.
func bareField(t reflect.Type) int {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("rest") == "bare" {
			return i
		}
	}
	return -1
}

// Unmarshal reads an answer of either dialect into the message that out points
// to. A bare list becomes the message's list. A field that stands there as
// xNullable alone, or with hasX false, is understood.
func Unmarshal(body []byte, out any) error {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		t := reflect.TypeOf(out).Elem()
		i := bareField(t)
		if i < 0 {
			return fmt.Errorf("want an object, got a list")
		}
		body = fmt.Appendf(nil, "{%q:%s}", fieldName(t.Field(i)), body)
	}
	if bytes.Contains(body, []byte(`Nullable"`)) && json.Valid(body) {
		plain, err := withoutNullables(body)
		if err != nil {
			return err
		}
		body = plain
	}
	return json.Unmarshal(body, out)
}

// withoutNullables leaves of x, xNullable and hasX one x: the given x if hasX is
// true, else what xNullable says if it says something, else x.
func withoutNullables(body []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // a 64-bit number does not fit a float
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	settle(v)
	return json.Marshal(v)
}

func settle(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			settle(e)
		}
	case map[string]any:
		for _, e := range v {
			settle(e)
		}
		for key, value := range v {
			name, ok := strings.CutSuffix(key, "Nullable")
			if !ok || name == "" {
				continue
			}
			has := v["has"+strings.ToUpper(name[:1])+name[1:]] == true
			if _, plain := v[name]; value != nil && !(has && plain) {
				v[name] = value
			}
			delete(v, key)
		}
	}
}
