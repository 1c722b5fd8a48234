package sql

import (
	"fmt"
	"math"
	"time"

	"github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// millis is how times are kept. The zero time has its place there, too.
func millis(t time.Time) int64 { return t.UnixMilli() }

// moment scans what millis wrote.
type moment struct{ to *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(v any) error {
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("%T is no time", v)
	}
	*m.to = time.UnixMilli(ms).UTC()
	return nil
}

// form is how documents are written: as encoding/json does it, but without
// what is empty, which is most of a payment and would cost half of its pages.
var form = json.JoinOptions(jsonv1.DefaultOptionsV1(), json.OmitZeroStructFields(true))

// document is a value that is kept as JSON.
type document struct{ of any }

// Scan implements sql.Scanner. Members it does not know are passed over:
// a newer minor version may have written them.
func (d document) Scan(v any) error {
	switch text := v.(type) {
	case string:
		return json.Unmarshal([]byte(text), d.of, form)
	case []byte:
		return json.Unmarshal(text, d.of, form)
	}
	return fmt.Errorf("%T is no document", v)
}

// encode writes what document reads.
func encode(v any) (string, error) {
	text, err := json.Marshal(v, form)
	return string(text), err
}

// unlimited is the LIMIT that is none.
const unlimited = math.MaxInt64

func limit(n int) int {
	if n <= 0 {
		return unlimited
	}
	return n
}

// blob makes sure that no bytes are kept as such, where NULL is not allowed.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
