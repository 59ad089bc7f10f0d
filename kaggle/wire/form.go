package wire

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// EncodeForm is a request as the REST dialect carries it in a query, a form or
// a path: text by field name. What is empty, zero or false is left out. in is
// a request message, or a pointer to one.
func EncodeForm(in any) url.Values {
	values := url.Values{}
	v := reflect.Indirect(reflect.ValueOf(in))
	for i := range v.NumField() {
		f, name := v.Field(i), fieldName(v.Type().Field(i))
		if f.IsZero() {
			continue
		}
		text := fmt.Sprint(f.Interface())
		if prefix := v.Type().Field(i).Tag.Get("enum"); prefix != "" {
			text = shortWord(prefix, text)
		}
		values.Set(name, text)
	}
	return values
}

// DecodeForm fills the request message that out points to with text by field
// name: the first value of each. Kaggle 1.7 sends page tokens as "pagetoken",
// so letter case does not count. Empty texts, what older clients send for
// nothing ("None") and unknown names change nothing. An error names the field.
func DecodeForm(values url.Values, out any) error {
	sent := map[string]string{}
	for name, texts := range values {
		if len(texts) > 0 {
			sent[strings.ToLower(name)] = texts[0]
		}
	}
	v := reflect.ValueOf(out).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := fieldName(field)
		text := sent[strings.ToLower(name)]
		if text == "" || text == "None" {
			continue
		}
		if prefix := field.Tag.Get("enum"); prefix != "" {
			text = fullWord(prefix, text)
		}
		if err := setField(v.Field(i), text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func setField(f reflect.Value, text string) error {
	switch f.Kind() {
	case reflect.String:
		f.SetString(text)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, f.Type().Bits())
		if err != nil {
			return fmt.Errorf("want a whole number, got %.40q", text)
		}
		f.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return fmt.Errorf("want true or false, got %.40q", text)
		}
		f.SetBool(b)
	default:
		return fmt.Errorf("cannot stand in a form: %s", f.Type())
	}
	return nil
}

// fieldName is a field's name on the wire.
func fieldName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
