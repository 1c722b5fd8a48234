package stripe

import "strings"

// priceOf is the price that an item names or describes.
func (c *call) priceOf(item field) (*price, error) {
	if f := item.at("price"); f.given() {
		p, known := get[*price](c.work, f.text())
		if !known || !c.ours(p) {
			return nil, unknown("price", f.text(), f.name())
		}
		return p, nil
	}
	data := item.at("price_data")
	if !data.given() {
		return nil, missing(item.at("price").name())
	}
	p, err := c.describePrice(data)
	if err == nil {
		c.add(p)
	}
	return p, err
}

// describePrice reads a price, with its product.
func (c *call) describePrice(f field) (*price, error) {
	p := &price{made: c.fresh("price_", 24), Currency: strings.ToLower(f.at("currency").needed()), Metadata: map[string]string{}}
	exact, amount := f.at("unit_amount_decimal"), f.at("unit_amount")
	if exact.given() && !amount.given() {
		p.Amount = exact.number()
	} else {
		amount.needed()
		p.Amount = amount.number()
	}
	if c.err == nil && p.Amount < 0 {
		return nil, invalid(amount.name(), "A price is not negative.")
	}
	if id := f.at("product"); id.given() {
		known, found := get[*product](c.work, id.text())
		if !found || !c.ours(known) {
			return nil, unknown("product", id.text(), id.name())
		}
		p.Product = known.ID
		return p, c.failed()
	}
	data := f.at("product_data")
	made := c.describeProduct(data)
	if c.err != nil {
		return nil, c.err
	}
	c.add(made)
	p.Product = made.ID
	return p, nil
}

func (c *call) describeProduct(f field) *product {
	return &product{
		made: c.fresh("prod_", 14), Name: f.at("name").needed(), Description: f.at("description").orNil(), Images: f.at("images").texts(),
		Metadata: f.at("metadata").metadata(map[string]string{}),
	}
}

// createProduct is POST /v1/products.
func (c *call) createProduct() (object, error) {
	p := c.describeProduct(field{p: &c.params, n: c.root})
	if c.err != nil {
		return nil, c.err
	}
	c.add(p)
	return c.product(p), nil
}

// getProduct is GET /v1/products/{id}.
func (c *call) getProduct() (object, error) {
	p, known := get[*product](c.work, c.id())
	if !known || !c.ours(p) {
		return nil, unknown("product", c.id(), "")
	}
	return c.product(p), nil
}

// listProducts is GET /v1/products.
func (c *call) listProducts() (object, error) {
	return listed(c, all[*product](c.work, "product"), nil, c.product)
}

// createPrice is POST /v1/prices.
func (c *call) createPrice() (object, error) {
	p, err := c.describePrice(field{p: &c.params, n: c.root})
	if err != nil {
		return nil, err
	}
	p.Metadata = c.at("metadata").metadata(map[string]string{})
	if c.err != nil {
		return nil, c.err
	}
	c.add(p)
	return c.price(p), nil
}

// getPrice is GET /v1/prices/{id}.
func (c *call) getPrice() (object, error) {
	p, known := get[*price](c.work, c.id())
	if !known || !c.ours(p) {
		return nil, unknown("price", c.id(), "")
	}
	return c.price(p), nil
}

// listPrices is GET /v1/prices.
func (c *call) listPrices() (object, error) {
	return listed(c, all[*price](c.work, "price"), nil, c.price)
}
