package epayment

import (
	"slices"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

const (
	leastAhead = 10 * time.Minute
	mostAhead  = 60 * 24 * time.Hour
)

// check asks the coded rules of a create request, in the order of section
// 2.15, steps 6 to 9. The first that is broken answers.
func (d *Door) check(c *call, o *order) error {
	for _, rule := range []func() error{
		o.checkAmount,
		o.checkMethod,
		o.checkNeeded,
		o.checkCustomer,
		func() error { return o.checkScopes(c.settings.ExpressFourScopes) },
		o.checkLinks,
		func() error { return o.checkExpiry(d.Payments.Now()) },
		o.checkMetadata,
		func() error { return c.checkUnit(o) },
		func() error { return d.checkPayer(o) },
		o.checkPossible,
	} {
		if err := rule(); err != nil {
			return err
		}
	}
	return nil
}

func (o *order) checkAmount() error {
	if !o.amount.whole || o.shipping != nil && o.shipping.fraction {
		return refusef(invalidAmount, "The amount must be a whole number of minor units in %s.", o.amount.Currency)
	}
	if least := minima[o.amount.Currency]; o.amount.Value < least {
		return refusef(amountTooSmall, "The minimum is %d %s.", least, o.amount.Currency)
	}
	return nil
}

func (o *order) checkMethod() error {
	switch {
	case o.method == freeCard && o.flow != payment.WebRedirect:
		return refuse(invalidMethod.because("CARD is for WEB_REDIRECT only."))
	case o.method == freeCard && !o.expiresAt.IsZero():
		return refuse(invalidMethod.because("CARD cannot be long-living: leave expiresAt out."))
	case o.details.Passthrough != nil && o.method != passthroughCard:
		return refuse(invalidMethod.because("cardPassthrough needs the type CARD_PASSTHROUGH."))
	case o.shipping != nil && o.method == freeCard:
		return refuse(invalidMethod.because("shipping needs the type WALLET."))
	}
	return nil
}

func (o *order) checkNeeded() error {
	missing := func(field string) error {
		return refusef(missingParameter, "%s is required for %s.", field, o.flow)
	}
	switch s := o.shipping; {
	case o.flow == payment.PushMessage && !o.customer.named():
		return missing("customer")
	case o.flow == payment.WebRedirect && o.returnURL == "":
		return missing("returnUrl")
	case o.method == passthroughCard && o.details.Passthrough == nil:
		return refuse(missingParameter.because("cardPassthrough is required for CARD_PASSTHROUGH."))
	case s != nil && s.fixed == s.dynamic:
		return refuse(missingParameter.because("shipping needs one of fixedOptions and dynamicOptions."))
	case s != nil && s.empty:
		return refuse(missingParameter.because("shipping.fixedOptions needs at least one group with one option each."))
	}
	return nil
}

func (o *order) checkCustomer() error {
	_, err := o.customer.number()
	return err
}

// checkScopes asks whether the scopes are known, and those that Express
// needs: the address, or exactly its four as until autumn 2026 (section 2.9).
func (o *order) checkScopes(exactlyFour bool) error {
	for _, s := range o.scopes {
		if !slices.Contains(scopeNames, s) && s != accountScope {
			return refusef(invalidScope, "The scope %s is not known.", short(s))
		}
	}
	if o.shipping != nil && !o.asks("address") {
		return refuse(invalidScope.because("Express needs address in profile.scope."))
	}
	if o.shipping != nil && exactlyFour && !slices.Equal(o.canonicalScopes(), scopeNames[:4]) {
		return refuse(invalidScope.because("Express needs exactly name, email, phoneNumber and address in profile.scope."))
	}
	return nil
}

func (o *order) checkLinks() error {
	if o.badLink == nil {
		return nil
	}
	return refusef(invalidURL, "%s is not a valid URL: %s.", o.badLink.field, o.badLink.why)
}

func (o *order) checkExpiry(now time.Time) error {
	ahead := o.expiresAt.Sub(now)
	switch {
	case o.expiresAt.IsZero():
		return nil
	case ahead <= leastAhead:
		return refuse(expiresSoon)
	case ahead >= mostAhead:
		return refuse(expiresLate)
	case o.details.Receipt == nil:
		return refuse(receiptMissing)
	}
	return nil
}

func (o *order) checkMetadata() error {
	const mostPairs, longestName, longestValue = 5, 100, 500
	switch {
	case len(o.metadata) > mostPairs:
		return refuse(metadataFull)
	case o.twice:
		return refuse(metadataTwice)
	case slices.ContainsFunc(o.metadata, func(p payment.Pair) bool { return length(p.Name) > longestName }):
		return refuse(metadataKeyLong)
	case slices.ContainsFunc(o.metadata, func(p payment.Pair) bool { return length(p.Value) > longestValue }):
		return refuse(metadataValueLong)
	}
	return nil
}

// checkUnit asks what the sales unit is approved for.
func (c *call) checkUnit(o *order) error {
	may, rules := c.unit.Switches, c.unit.Rules()
	switch {
	case !may.BankVerified:
		return refuse(bankNotVerified)
	case o.method != passthroughCard && (o.amount.Currency != rules.Currency || rules.NoWallets):
		return wrongCurrencyFor(c.unit.MSN, rules)
	case o.shipping != nil && o.shipping.foreign(o.amount.Currency):
		return refuse(wrongCurrency.because("The shipping options must be in the payment's currency."))
	case o.details.NoCompanyCards && (!rules.BlockedSources || o.method != wallet):
		return refuse(blockingImpossible)
	case o.shipping != nil && !may.ExpressAllowed:
		return refuse(expressNotAllowed)
	case o.asks("nin") && !may.NINAllowed:
		return refuse(illegalScope)
	case o.asks(accountScope):
		return refuse(illegalScope.because("No sales unit may ask for accountNumbers any more: leave it out of profile.scope."))
	case !o.expiresAt.IsZero() && !may.LongLivingAllowed:
		return refuse(longLivingForbidden)
	case o.flow == payment.PushMessage && !may.PushAllowed && !o.customer.hasToken: // who checks in wants it (QR contract, section 4)
		return refuse(pushNotAllowed)
	case o.method == passthroughCard && !may.PSP:
		return notAllowed("CARD_PASSTHROUGH is for payment service providers.")
	}
	return nil
}

func wrongCurrencyFor(msn string, rules directory.Market) error {
	if rules.NoWallets {
		return refusef(wrongCurrency, "Sales unit %s cannot take WALLET payments in any currency.", msn)
	}
	return refusef(wrongCurrency, "Sales unit %s is paid in %s.", msn, rules.Currency)
}

// checkPayer asks whether a push has somebody to go to. That nobody has the
// number, or that they are too young, is not told apart on purpose.
func (d *Door) checkPayer(o *order) error {
	if o.flow != payment.PushMessage {
		return nil
	}
	number, err := o.customer.number()
	if err != nil {
		return err
	}
	if phone, known := d.Directory.Phone(number); !known || !phone.MayPay(o.details.MinimumAge) {
		return refuse(customerNotFound)
	}
	return nil
}

// checkPossible refuses what is in order and yet cannot be done here.
func (o *order) checkPossible() error {
	if o.method == freeCard {
		return refuse(cannotCreate.because("CARD is not available in the test environment: use WALLET."))
	}
	return nil
}
