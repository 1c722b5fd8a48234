package scenarios

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"liksom/server/client"
)

// answer is what a call was answered; Status 0 when no answer came.
type answer struct {
	Status  int               `json:"status"`
	Code    string            `json:"code"`
	Title   string            `json:"title"`
	Detail  string            `json:"detail"`
	Body    any               `json:"body"`
	Text    string            `json:"text"`
	Headers map[string]string `json:"headers"`
	Error   string            `json:"error"`
	// fields are what a refusal says of single members.
	fields []client.Field
}

func (a *answer) String() string {
	if a.Status == 0 {
		return "no answer: " + a.Error
	}
	text := strconv.Itoa(a.Status)
	for _, more := range []string{a.Title, a.Code, a.Detail} {
		if more != "" {
			text += " " + more
		}
	}
	for _, f := range a.fields {
		text += "; " + f.Name + ": " + f.Reason
	}
	return text
}

// as holds an answer against what is wanted of it: a good one, where nothing
// is said.
func (a *answer) as(status []string, code string) error {
	if len(status) == 0 && code == "" {
		if a.Status == 0 || a.Status >= http.StatusBadRequest {
			return &miss{"a good answer", a.String()}
		}
		return nil
	}
	if code != "" && a.Code != code {
		return &miss{"the code " + code, a.String()}
	}
	if len(status) > 0 && !slices.ContainsFunc(status, func(s string) bool { return matchesStatus(s, a.Status) }) {
		return &miss{"the status " + strings.Join(status, " or "), a.String()}
	}
	return nil
}

func matchesStatus(pattern string, status int) bool {
	switch pattern {
	case "", "any":
		return true
	case "none":
		return status == 0
	}
	text := strconv.Itoa(status)
	if len(text) != len(pattern) {
		return false
	}
	for i := range len(text) {
		if pattern[i] != 'x' && pattern[i] != text[i] {
			return false
		}
	}
	return true
}

// answered makes the outcome of answers: the first one's members, and `all`
// and `statuses` where there are several.
func answered(answers []answer) *outcome {
	first, _ := generic(answers[0]).(map[string]any)
	detail := answers[0].String()
	if len(answers) > 1 {
		all, statuses := make([]any, len(answers)), make([]any, len(answers))
		words := make([]string, len(answers))
		for i := range answers {
			all[i], statuses[i], words[i] = generic(answers[i]), int64(answers[i].Status), strconv.Itoa(answers[i].Status)
		}
		first["all"], first["statuses"] = all, statuses
		detail = strings.Join(words, " ")
	}
	return &outcome{value: first, detail: detail, answers: answers}
}

// refusal makes an answer of what a client was told.
func refusal(err error) answer {
	var p *client.Problem
	if !errors.As(err, &p) {
		return answer{Error: err.Error()}
	}
	return answer{Status: p.Status, Code: p.Code, Title: p.Title, Detail: p.Detail, Text: string(p.Body), Body: natural(p.Body), Error: p.Error(), fields: p.Fields}
}

// read takes an answer apart. A refusal's words stand in many forms.
func read(resp *http.Response, body []byte) answer {
	a := answer{Status: resp.StatusCode, Text: string(body), Body: natural(body), Headers: map[string]string{}}
	for name, values := range resp.Header {
		a.Headers[name] = strings.Join(values, ", ")
	}
	if resp.StatusCode >= http.StatusBadRequest {
		p := client.ReadProblem(&http.Response{StatusCode: resp.StatusCode, Body: io.NopCloser(bytes.NewReader(body))})
		a.Code, a.Title, a.Detail, a.fields = p.Code, p.Title, p.Detail, p.Fields
	}
	return a
}
