package directory

// names finds phones by what one sales unit calls their owners. It is made
// when first asked for and made again after a phone was added; what became of
// a phone since is looked up.
type names struct {
	of      map[string]string // numbers by sub
	version int
}

// Payer finds the phone of the payer that a sales unit knows by a sub. It is
// the one that a [Phone.Sub] of the same unit names.
func (d *Directory) Payer(msn, sub string) (Phone, bool) {
	number, ok := d.numberOf(msn, sub)
	if !ok {
		return Phone{}, false
	}
	return d.Phone(number)
}

func (d *Directory) numberOf(msn, sub string) (string, bool) {
	d.mu.RLock()
	known, made := d.names[msn]
	made = made && known.version == d.version
	d.mu.RUnlock()
	if !made {
		known = d.nameAll(msn)
	}
	number, ok := known.of[sub]
	return number, ok
}

// nameAll makes a unit's names anew; those made before are not changed, they
// may be in use.
func (d *Directory) nameAll(msn string) names {
	d.mu.Lock()
	defer d.mu.Unlock()
	made := names{of: make(map[string]string, len(d.phones)), version: d.version}
	for i := range d.phones {
		made.of[d.phones[i].Sub(msn)] = d.phones[i].Number
	}
	if d.names == nil {
		d.names = map[string]names{}
	}
	d.names[msn] = made
	return made
}
