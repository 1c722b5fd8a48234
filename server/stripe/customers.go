package stripe

// createCustomer is POST /v1/customers.
func (c *call) createCustomer() (object, error) {
	cu := &customer{made: c.fresh("cus_", 14), Metadata: map[string]string{}}
	c.fillCustomer(cu)
	if c.err != nil {
		return nil, c.err
	}
	c.add(cu)
	c.emit(c.subject(cu.ID), "customer.created", c.customer(cu))
	return c.customer(cu), c.attachNew(cu)
}

func (c *call) fillCustomer(cu *customer) {
	c.at("name").change(&cu.Name)
	c.at("email").change(&cu.Email)
	c.at("phone").change(&cu.Phone)
	c.at("description").change(&cu.Description)
	cu.Metadata = c.at("metadata").metadata(cu.Metadata)
	if f := c.at("preferred_locales"); f.given() {
		cu.Locales = f.texts()
	}
	if f := c.at("address"); f.given() {
		cu.Address = nil
		if !f.n.leaf {
			cu.Address = f.members(words(addressNames)...)
		}
	}
	c.shipping(c.at("shipping"), &cu.Shipping)
}

// attachNew keeps the card that a customer is made with.
func (c *call) attachNew(cu *customer) error {
	m, err := c.methodOf()
	if err != nil || m == nil {
		return err
	}
	if m.Type != "card" {
		return refuse(400, "payment_method_unsupported_type", "payment_method", "A method of the type %s pays once and cannot be kept with a customer.", m.Type)
	}
	m = edit(c.work, m)
	m.Customer = cu.ID
	c.emit(c.subject(m.ID), "payment_method.attached", c.method(m))
	return nil
}

func (c *call) findCustomer() (*customer, error) {
	cu, known := get[*customer](c.work, c.id())
	if !known || !c.ours(cu) {
		return nil, unknown("customer", c.id(), "")
	}
	return cu, nil
}

// getCustomer is GET /v1/customers/{id}.
func (c *call) getCustomer() (object, error) {
	cu, err := c.findCustomer()
	if err != nil {
		return nil, err
	}
	return c.customer(cu), nil
}

// updateCustomer is POST /v1/customers/{id}.
func (c *call) updateCustomer() (object, error) {
	cu, err := c.findCustomer()
	if err != nil {
		return nil, err
	}
	if cu.Deleted {
		return nil, unknown("customer", c.id(), "")
	}
	before := c.customer(cu)
	cu = edit(c.work, cu)
	c.fillCustomer(cu)
	if c.err != nil {
		return nil, c.err
	}
	c.emit(c.subject(cu.ID), "customer.updated", c.customer(cu)).previous(before, c.customer(cu))
	return c.customer(cu), nil
}

// deleteCustomer is DELETE /v1/customers/{id}.
func (c *call) deleteCustomer() (object, error) {
	cu, err := c.findCustomer()
	if err != nil {
		return nil, err
	}
	if cu.Deleted {
		return nil, unknown("customer", c.id(), "")
	}
	c.emit(c.subject(cu.ID), "customer.deleted", c.customer(cu))
	for _, m := range all[*method](c.work, "method") {
		if m.Customer == cu.ID {
			edit(c.work, m).Customer = ""
		}
	}
	edit(c.work, cu).Deleted = true
	return object{"id": cu.ID, "object": "customer", "deleted": true}, nil
}

// listCustomers is GET /v1/customers.
func (c *call) listCustomers() (object, error) {
	email := c.at("email").text()
	return listed(c, all[*customer](c.work, "customer"), func(cu *customer) bool {
		return !cu.Deleted && (email == "" || cu.Email != nil && *cu.Email == email)
	}, c.customer)
}
