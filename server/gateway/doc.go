// Package gateway is the front of every imitated API: it reads the body,
// checks keys, token and sales unit, answers what the operator's gateway
// answers by itself, and logs every call (ePayment contract, sections 1.2,
// 1.3, 1.6, 1.7 and 8.3).
package gateway
