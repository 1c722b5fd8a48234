package orders

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"liksom/server/problem"
)

// kinds are what a link can lead to.
func kinds() []string {
	return []string{"GENERAL", "RECEIPT", "ORDER_CONFIRMATION", "DELIVERY", "TICKET", "BOOKING"}
}

// category is the one link of an order, as version 2 has it.
type category struct {
	Category string `json:"category"`
	URL      string `json:"orderDetailsUrl"`
	ImageID  string `json:"imageId,omitempty"`
}

// linked is one of an order's links, as version 3 has it.
type linked struct {
	ID          string `json:"categoryId"`
	OrderID     string `json:"orderId"`
	PaymentType string `json:"paymentType"`
	Type        string `json:"type"`
	URL         string `json:"url"`
	ImageID     string `json:"imageId,omitempty"`
}

// putCategory sets the link; one that is there is replaced and keeps its id.
func (a *API) putCategory(r *http.Request, unit string) (int, any, error) {
	key, err := order(r, unit)
	if err != nil {
		return 0, nil, err
	}
	var c category
	err = a.body(r, func(o object) {
		c.Category = o.choice("category", true, kinds()...)
		c.URL = o.link("orderDetailsUrl")
		c.ImageID = o.id("imageId", false, maxImageID)
	})
	if err != nil {
		return 0, nil, err
	}
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	if err := a.book.checkImage(unit, c.ImageID); err != nil {
		return 0, nil, err
	}
	k := a.book.orders[key.String()]
	k.Category = &c
	if k.CategoryID == "" {
		k.CategoryID = a.options.IDs.UUID()
	}
	return http.StatusOK, k.CategoryID, a.book.putOrder(r.Context(), key, k)
}

// checkImage refuses a picture that nobody has uploaded.
func (b *book) checkImage(unit, id string) error {
	if id == "" || b.hasImage(unit, id) {
		return nil
	}
	return invalid(problem.Detail{Name: "ImageId", Reason: "There is no image with this id; upload it first."})
}

func (a *API) addLink(r *http.Request, unit string) (int, any, error) {
	l := linked{ID: a.options.IDs.UUID()}
	err := a.body(r, func(o object) {
		l.OrderID = o.id("orderId", true, 0)
		l.PaymentType = o.choice("paymentType", true, ecom, recurring)
		l.Type = o.choice("type", true, kinds()...)
		l.URL = o.link("url")
		l.ImageID = o.id("imageId", false, maxImageID)
	})
	if err != nil {
		return 0, nil, err
	}
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	if err := a.book.checkImage(unit, l.ImageID); err != nil {
		return 0, nil, err
	}
	if err := a.book.addLink(r.Context(), unit, l); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, struct {
		ID string `json:"categoryId"`
	}{l.ID}, nil
}

func (a *API) listLinks(r *http.Request, unit string) (int, any, error) {
	of := r.URL.Query().Get("orderId")
	if of != "" && !orderPattern.MatchString(of) {
		return 0, nil, invalid(problem.Detail{Name: "OrderId", Reason: mustMatch("OrderId")})
	}
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	return http.StatusOK, struct {
		Categories []linked `json:"categories"`
	}{a.book.linksOf(unit, of)}, nil
}

func (a *API) getLink(r *http.Request, unit string) (int, any, error) {
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	l, err := a.book.link(r, unit)
	return http.StatusOK, l, err
}

func (a *API) deleteLink(r *http.Request, unit string) (int, any, error) {
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	l, err := a.book.link(r, unit)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, nil, a.book.dropLink(r.Context(), l.ID)
}

// link finds the one that a path names.
func (b *book) link(r *http.Request, unit string) (linked, error) {
	id, err := uuid.Parse(mux.Vars(r)["categoryId"])
	l, found := b.links[id.String()]
	if err != nil || !found || l.Unit != unit {
		return linked{}, notFound("There is no category with this id.")
	}
	return l.linked, nil
}
