package epayment

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"strconv"
	"strings"

	"liksom/server/gateway"
	"liksom/server/payment"
)

func (d *Door) capture(c *call) (answer, error) {
	return d.modify(c, func(amount payment.Amount, key string) payment.Command {
		return payment.Capture{Amount: amount, Key: key, InFull: c.unit.Switches.FullCaptureOnly}
	})
}

func (d *Door) refund(c *call) (answer, error) {
	return d.modify(c, func(amount payment.Amount, key string) payment.Command {
		return payment.Refund{Amount: amount, Key: key, Deny: c.denial(amount.Value)}
	})
}

// modify reads the amount of a capture or refund. A value that is no whole
// number goes on as 0, which the wallet core refuses in its turn: what the
// payment's state forbids comes first.
func (d *Door) modify(c *call, command func(payment.Amount, string) payment.Command) (answer, error) {
	key, err := c.key(true)
	if err != nil {
		return answer{}, err
	}
	r, err := d.readers.of(gateway.Body(c.Request))
	if err != nil {
		return answer{}, err
	}
	defer r.close()
	asked := r.amount(root, "modificationAmount")
	if err := r.finish(c.settings.StrictBodies, c.note); err != nil {
		return answer{}, err
	}
	return d.do(c, command(asked.Amount, strings.Clone(key)), key, r.digest(), adjusted)
}

func (d *Door) cancel(c *call) (answer, error) {
	key, err := c.key(false)
	if err != nil {
		return answer{}, err
	}
	onlyWaiting, err := d.readCancel(c)
	if err != nil {
		return answer{}, err
	}
	// Saying false is saying nothing, so the one word is all there is to tell
	// two requests apart.
	sum := sha256.Sum256(strconv.AppendBool(nil, onlyWaiting))
	return d.do(c, payment.Cancel{OnlyWaiting: onlyWaiting}, key, sum, adjusted)
}

// readCancel reads a body that may be missing.
func (d *Door) readCancel(c *call) (onlyWaiting bool, err error) {
	body := gateway.Body(c.Request)
	if len(bytes.TrimSpace(body)) == 0 {
		return false, nil
	}
	r, err := d.readers.of(body)
	if err != nil {
		return false, err
	}
	defer r.close()
	onlyWaiting = r.boolean(root, "cancelTransactionOnly")
	return onlyWaiting, r.finish(c.settings.StrictBodies, c.note)
}

func adjusted(p payment.Payment) answer {
	return answer{http.StatusOK, appendAdjustment(nil, &p)}
}
