package directory

import "liksom/server/payment"

// The keys of the ready-made clients (simulator contract, section 2).
const (
	DemoSecret          = "liksom-demo-secret"
	DemoSubscriptionKey = "0123456789abcdef0123456789abcdef"
	PartnerClientID     = "5a1e0000-0000-4000-8000-000000000000"
	DemoMSN             = "123456"
	DemoClientID        = "5a1e0000-0000-4000-8000-000000000001"
	DemoPhone           = "4712345678"
)

func readyUnits() []Unit {
	kiosk := Ordinary()
	kiosk.PushAllowed, kiosk.LongLivingAllowed, kiosk.ExpressAllowed, kiosk.BankVerified = false, false, false, false
	return []Unit{
		{MSN: DemoMSN, Name: "Demo Taxi", Company: "Demo Taxi AS", Market: "NO", Switches: Ordinary()},
		{MSN: "234567", Name: "Demo Webshop", Company: "Demo Webshop AS", Market: "NO", Switches: Ordinary()},
		{MSN: "345678", Name: "Demo Kiosk", Company: "Demo Kiosk AS", Market: "NO", Switches: kiosk},
		{MSN: "456789", Name: "Demo Butik", Company: "Demo Butik ApS", Market: "DK", Switches: Ordinary()},
		{MSN: "567890", Name: "Demo Kauppa", Company: "Demo Kauppa Oy", Market: "FI", Switches: Ordinary()},
	}
}

func readyClients() []Client {
	units := readyUnits()
	keys := []string{DemoSubscriptionKey}
	partner := Client{ID: PartnerClientID, Secret: DemoSecret, Keys: keys, Partner: true}
	all := make([]Client, 0, len(units)+1)
	for i, u := range units {
		id := PartnerClientID[:len(PartnerClientID)-1] + string(rune('1'+i))
		all = append(all, Client{ID: id, Secret: DemoSecret, Keys: keys, MSNs: []string{u.MSN}})
		partner.MSNs = append(partner.MSNs, u.MSN)
	}
	return append(all, partner)
}

// readyCards are the four cards every phone begins with: one that works, one
// declined by the issuer, one without money, one expired. The first six
// digits of the first are those a force-approved payment shows.
func readyCards() []Card {
	return []Card{
		{ID: "card-4242", Name: "Debit card", BIN: "429198", Last4: "4242", Outcome: Works},
		{ID: "card-0002", Name: "Credit card", BIN: "429198", Last4: "0002", Outcome: string(payment.DeclinedByIssuer)},
		{ID: "card-9995", Name: "Savings card", BIN: "429198", Last4: "9995", Outcome: string(payment.InsufficientFunds)},
		{ID: "card-0069", Name: "Old card", BIN: "429198", Last4: "0069", Outcome: string(payment.CardExpired)},
	}
}

// NewPhone is a phone as it comes out of the box.
func NewPhone(number, name, market string) Phone {
	p := Phone{
		Number: number, Name: name, Market: market, Age: 37, Online: true, PushOn: true,
		Autopilot: Autopilot{Mode: "off"}, Cards: readyCards(), Identified: true, EmailVerified: true, ConfirmWith: "nothing",
	}
	p.Language = p.Rules().Language
	return p
}

// readyPhones have owners whose profiles show every shape a merchant may
// meet: a two-line street and a work address, an unverified e-mail address,
// no address at all.
func readyPhones() []Phone {
	kari := NewPhone(DemoPhone, "Kari Demo", "NO")
	kari.Profile = payment.Profile{
		FirstName: "Kari", LastName: "Demo", Email: "kari@demo.example", BirthDate: "1988-12-03", NIN: "03128812345",
		Addresses: []payment.Address{{ID: "home", Type: "home", Line1: "Fjordveien 7", City: "Bergen", PostCode: "5003", Country: "NO"}},
	}
	ola := NewPhone("4787654321", "Ola Demo", "NO")
	ola.Profile = payment.Profile{
		FirstName: "Ola", LastName: "Demo", Email: "ola@demo.example", BirthDate: "1979-05-17", NIN: "17057912345",
		Addresses: []payment.Address{
			{ID: "home", Type: "home", Line1: "Storgata 1", Line2: "2. etasje", City: "Oslo", PostCode: "0155", Country: "NO"},
			{ID: "work", Type: "work", Line1: "Havnegata 12", City: "Oslo", PostCode: "0150", Country: "NO"},
		},
	}
	freja := NewPhone("4512345678", "Freja Demo", "DK")
	freja.EmailVerified = false
	freja.Profile = payment.Profile{
		FirstName: "Freja", LastName: "Demo", Email: "freja@demo.example", BirthDate: "1992-02-29", NIN: "290292-1234",
		Addresses: []payment.Address{{ID: "home", Type: "home", Line1: "Nørregade 5", City: "København", PostCode: "1165", Country: "DK"}},
	}
	aino := NewPhone("358401234567", "Aino Demo", "FI")
	aino.Profile = payment.Profile{FirstName: "Aino", LastName: "Demo", Email: "aino@demo.example", BirthDate: "1985-06-21", NIN: "210685-123X"}
	elsa := NewPhone("46701234567", "Elsa Demo", "SE")
	elsa.Profile = payment.Profile{
		FirstName: "Elsa", LastName: "Demo", Email: "elsa@demo.example", BirthDate: "1990-01-13", NIN: "900113-1234",
		Addresses: []payment.Address{{ID: "home", Type: "home", Line1: "Storgatan 3", City: "Malmö", PostCode: "211 22", Country: "SE"}},
	}
	return []Phone{kari, ola, freja, aino, elsa}
}
