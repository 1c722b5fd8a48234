package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// natural reads JSON so that whole numbers stay whole: sums of money must not
// become 1e+06. What is no JSON is its text.
func natural(body []byte) any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return string(body)
	}
	return whole(v)
}

func whole(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = whole(v[name])
		}
	}
	return v
}

// generic gives any Go value as expressions see it.
func generic(v any) any {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return natural(body)
}

// listOf is [generic] for a list, which has a length even if nothing is in it.
func listOf[T any](all []T) any {
	if len(all) == 0 {
		return []any{}
	}
	return generic(all)
}

// asText writes a value into a text.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64, int, bool:
		return fmt.Sprint(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(body)
}

// show writes a value for people.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case nil:
		return "nothing"
	case []any:
		if len(v) > 5 {
			return fmt.Sprintf("a list of %d", len(v))
		}
	case map[string]any:
	}
	text := asText(v)
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}
