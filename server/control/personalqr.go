package control

import (
	"net/http"

	"github.com/gorilla/mux"
)

// personalView is the code that a phone shows of its owner.
type personalView struct {
	Content string `json:"content"`
	Version string `json:"version"`
}

// personalQR makes a phone's own code. With no version it is as usual in the
// phone's market: MobilePay's hide the number, and are new each time.
func (c *Control) personalQR(r *http.Request) (answer, error) {
	query, _, err := parameters(r, "version")
	if err != nil {
		return answer{}, err
	}
	number := mux.Vars(r)["number"]
	phone, known := c.Directory.Phone(number)
	if !known {
		return answer{}, noPhone(number)
	}
	version := query.Get("version")
	switch {
	case version != "":
		if err := oneOf("version", version, "1.0", "2.0"); err != nil {
			return answer{}, err
		}
	case phone.Rules().Brand == "mobilepay":
		version = "2.0"
	default:
		version = "1.0"
	}
	return ok(personalView{Content: c.PersonalQR(number, version), Version: version})
}
