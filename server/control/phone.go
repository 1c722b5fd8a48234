package control

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"liksom/server/directory"
)

func (c *Control) phones(r *http.Request) (answer, error) {
	_, page, err := parameters(r, "wait")
	if err != nil {
		return answer{}, err
	}
	found, err := await(c, r, page.wait, func(context.Context) ([]directory.Phone, error) { return c.Directory.Phones(), nil })
	if err != nil {
		return answer{}, err
	}
	list := struct {
		Phones []phoneView `json:"phones"`
	}{make([]phoneView, len(found))}
	for i := range found {
		list.Phones[i] = viewPhone(found[i])
	}
	return ok(list)
}

func (c *Control) phone(r *http.Request) (answer, error) {
	number := mux.Vars(r)["number"]
	p, known := c.Directory.Phone(number)
	if !known {
		return answer{}, noPhone(number)
	}
	return ok(viewPhone(p))
}

func noPhone(number string) error {
	return missing("No phone has the number " + number + "; GET /sim/v1/phones lists those there are.")
}

func (c *Control) addPhone(r *http.Request) (answer, error) {
	body, err := read(r)
	if err != nil {
		return answer{}, err
	}
	p, err := c.makePhone(r.Context(), body)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: viewPhone(p)}, nil
}

func (c *Control) makePhone(ctx context.Context, body []byte) (directory.Phone, error) {
	// Number and market are read ahead: they decide how a new phone is set.
	var first phoneView
	if err := decodeBytes(body, &first); err != nil {
		return directory.Phone{}, err
	}
	if !directory.ValidNumber(first.Number) {
		return directory.Phone{}, invalid("number", "The number must be in international form, digits only and of the length usual in its country, such as 4712345678.")
	}
	if first.Market == "" {
		market, known := directory.MarketOfNumber(first.Number)
		if !known {
			return directory.Phone{}, invalid("market", "The number tells no country that is known here, so name one: "+strings.Join(markets(), ", ")+".")
		}
		first.Market = market.Code
	}
	fresh := directory.NewPhone(first.Number, "Phone "+first.Number, first.Market)
	p, err := changed(fresh, body)
	if err != nil {
		return directory.Phone{}, err
	}
	err = c.Directory.AddPhone(ctx, p)
	if errors.Is(err, directory.ErrExists) {
		return directory.Phone{}, conflict("There is a phone " + p.Number + " already; change it with PATCH /sim/v1/phones/" + p.Number + ".")
	}
	if err != nil {
		return directory.Phone{}, err
	}
	c.Bell.Ring()
	return p, nil
}

func markets() []string {
	var codes []string
	for _, m := range directory.Markets() {
		codes = append(codes, m.Code)
	}
	return codes
}

func (c *Control) changePhone(r *http.Request) (answer, error) {
	body, err := read(r)
	if err != nil {
		return answer{}, err
	}
	p, err := c.patchPhone(r.Context(), mux.Vars(r)["number"], body)
	if err != nil {
		return answer{}, err
	}
	return ok(viewPhone(p))
}

func (c *Control) patchPhone(ctx context.Context, number string, body []byte) (directory.Phone, error) {
	p, err := c.Directory.ChangePhone(ctx, number, func(p *directory.Phone) error {
		var err error
		*p, err = changed(*p, body)
		return err
	})
	if errors.Is(err, directory.ErrNotFound) {
		return p, noPhone(number)
	}
	if err != nil {
		return p, err
	}
	c.Bell.Ring()
	return p, nil
}

func (c *Control) removePhone(r *http.Request) (answer, error) {
	number := mux.Vars(r)["number"]
	err := c.Directory.RemovePhone(r.Context(), number)
	if errors.Is(err, directory.ErrNotFound) {
		return answer{}, noPhone(number)
	}
	if err != nil {
		return answer{}, err
	}
	c.Phones.HangUp(number)
	c.News.tell(item{phone: number, what: phoneNews{directory.Phone{Number: number}, true}})
	return nothing()
}

func (c *Control) requests(r *http.Request) (answer, error) {
	_, page, err := parameters(r, "wait")
	if err != nil {
		return answer{}, err
	}
	number := mux.Vars(r)["number"]
	if _, known := c.Directory.Phone(number); !known {
		return answer{}, noPhone(number)
	}
	found, err := await(c, r, page.wait, func(ctx context.Context) ([]any, error) { return c.Phones.Requests(ctx, number) })
	if err != nil {
		return answer{}, err
	}
	return ok(map[string][]any{"requests": found})
}

func (c *Control) approveRequest(r *http.Request) (answer, error) {
	var body PhoneAnswer
	if err := decodeOptional(r, &body); err != nil {
		return answer{}, err
	}
	v := mux.Vars(r)
	return told(c.Phones.Approve(r.Context(), v["number"], v["id"], body))
}

func (c *Control) declineRequest(r *http.Request) (answer, error) {
	v := mux.Vars(r)
	return told(c.Phones.Decline(r.Context(), v["number"], v["id"]))
}

func told(result any, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return ok(result)
}

func (c *Control) scan(r *http.Request) (answer, error) {
	content, err := c.scanned(r)
	if err != nil {
		return answer{}, err
	}
	return told(c.Phones.Scan(r.Context(), mux.Vars(r)["number"], content))
}

func (c *Control) scanned(r *http.Request) (string, error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "image/png") {
		var body struct {
			Content string `json:"content"`
		}
		if err := decode(r, &body); err != nil {
			return "", err
		}
		if body.Content == "" {
			return "", invalid("content", "Give the text that the QR code holds, or send its picture as image/png.")
		}
		return body.Content, nil
	}
	picture, err := read(r)
	if err != nil {
		return "", err
	}
	content, err := c.DecodeQR(picture)
	if err != nil {
		c.Log.Debug("a picture shows no QR code", "error", err)
		return "", invalid("$", "No QR code can be read in this picture; send a sharp PNG that shows all of it.")
	}
	return content, nil
}

// oneOf refuses a value that is none of those.
func oneOf(field, value string, right ...string) error {
	if slices.Contains(right, value) {
		return nil
	}
	return invalid(field, "This must be one of "+strings.Join(right, ", ")+".")
}
