package epayment

import (
	"encoding/json"
	"strings"

	"liksom/server/directory"
	"liksom/server/problem"
)

// written is an error's document in the form that the settings ask for. The
// usual form is that of the contract, section 8.1; the others are for clients
// that the vendor's older or shorter texts were read for.
func (c *call) written(doc problem.Document) []byte {
	s := c.settings
	if s.ErrorsToldBy != directory.ByType && s.ErrorsTracedBy != directory.ByTraceID && s.ErrorsTracedBy != directory.ByInstance {
		return doc.JSON()
	}
	doc.Fill()
	form := struct {
		Type         string           `json:"type"`
		Title        string           `json:"title"`
		Detail       string           `json:"detail,omitempty"`
		Instance     string           `json:"instance,omitempty"`
		Status       int              `json:"status,omitempty"`
		ExtraDetails []problem.Detail `json:"extraDetails,omitempty"`
		TraceID      string           `json:"traceId,omitempty"`
	}(doc)
	if s.ErrorsToldBy == directory.ByType {
		if codeOf(doc) != "" {
			form.Type = typeOf(doc.Title)
		} else if len(doc.ExtraDetails) > 0 {
			form.Detail = inWords(doc.ExtraDetails)
		}
		form.Instance, form.Status, form.ExtraDetails = "", 0, nil
	}
	switch s.ErrorsTracedBy {
	case directory.ByTraceID:
		form.Instance = ""
	case directory.ByInstance:
		form.TraceID = ""
		form.Instance = doc.Instance
	}
	body, _ := json.Marshal(form) // strings and a number: cannot fail
	return body
}

// codeOf is the code of a coded error's document, "" for any other's.
func codeOf(doc problem.Document) string {
	if len(doc.ExtraDetails) == 1 && doc.ExtraDetails[0].Name == "ErrorCode" {
		return doc.ExtraDetails[0].Reason
	}
	return ""
}

// inWords tells what is wrong with fields where a document has no list of
// them.
func inWords(wrong []problem.Detail) string {
	told := make([]string, len(wrong))
	for i, w := range wrong {
		told[i] = w.Name + ": " + w.Reason
	}
	return strings.Join(told, " ")
}

// typeOf is the type that tells an error without a code: its title, as a name.
func typeOf(title string) string {
	return "urn:error:" + strings.ReplaceAll(strings.ToLower(title), " ", "-")
}
