package epayment

import (
	"crypto/sha256"
	"net/http"
	"strconv"

	"liksom/server/payment"
)

// longestKey is the most characters of an Idempotency-Key.
const longestKey = 50

// key reads the Idempotency-Key. An empty one counts as missing.
func (c *call) key(needed bool) (string, error) {
	const name = "Idempotency-Key"
	key := c.Header.Get(name)
	switch {
	case key == "" && needed:
		return "", invalid{{Name: name, Reason: "The " + name + " field is required."}}
	case length(key) > longestKey:
		return "", invalid{{Name: name, Reason: tooLong(name, 1, longestKey)}}
	}
	return key, nil
}

// print tells one request from another (section 7).
type print = [sha256.Size]byte

// once makes an operation take effect once for its key. A create's key counts
// for the whole sales unit, any other's for the payment and the operation
// (section 7).
func (d *Door) once(c *call, key string, sum print, render func(payment.Payment) answer) *payment.Once {
	if key == "" {
		return nil
	}
	scope := "epayment/" + c.op.name + "/" + c.unit.MSN + "/"
	if c.op.name != creation.name {
		scope += c.id.Reference + "/"
	}
	return &payment.Once{
		Key:   scope + key,
		Print: sum,
		Answer: func(p payment.Payment, err error) []byte {
			if err == nil {
				return render(p).store()
			}
			doc, tellable := document(err, c.instance())
			if !tellable || !kept(doc) {
				return nil
			}
			return answer{doc.Status, c.written(doc)}.store()
		},
	}
}

// statusDigits is how many bytes of a stored answer are its status.
const statusDigits = 3

func (a answer) store() []byte {
	b := make([]byte, 0, statusDigits+len(a.body))
	return append(strconv.AppendInt(b, int64(a.status), 10), a.body...)
}

// stored reads what store wrote.
func stored(b []byte) answer {
	if len(b) < statusDigits {
		return answer{status: http.StatusInternalServerError}
	}
	status, err := strconv.Atoi(string(b[:statusDigits]))
	if err != nil {
		return answer{status: http.StatusInternalServerError}
	}
	return answer{status, b[statusDigits:]}
}
