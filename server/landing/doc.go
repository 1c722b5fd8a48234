// Package landing shows the payer the amount, the code and the way home: the
// page that a redirect URL opens (ePayment contract, section 10; simulator
// contract, section 3).
//
// Every state is drawn by the server and works without scripts: forms that
// post and redirect, a page that reloads itself while it waits, a redirect
// home at the end. A script only makes it live.
package landing
