package openapitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Exchange is a request with its answer.
type Exchange struct {
	Request *http.Request
	Body    []byte
	// Unread tells that not all of the body was read, so that nothing can be
	// said of it.
	Unread bool
	Status int
	Header http.Header
	Answer []byte
}

// What is served to people and their browsers, by the beginning of its path:
// no document describes it. Whatever is not listed here is held against them.
var pages = []string{"/landing", "/phone", "/console", "/demo", "/docs", "/openapi/", "/assets/", "/favicon.", "/qr-image/", "/sink/"}

func isPage(path string) bool {
	for _, prefix := range pages {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	if code, ok := strings.CutPrefix(path, "/qr/"); ok && !strings.HasPrefix(code, "v1") {
		return true
	}
	return path == "/"
}

func options() *openapi3filter.Options {
	o := &openapi3filter.Options{
		IncludeResponseStatus: true, SkipSettingDefaults: true,
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}
	// The whole schema and value would bury what is wrong.
	o.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return "/" + strings.Join(err.JSONPointer(), "/") + ": " + err.Reason
	})
	return o
}

// Check tells what an exchange has that our documents do not allow. With
// lenient set, the request may be as it is; otherwise one that was answered
// with success must be as described.
func Check(x *Exchange, lenient bool) error {
	if isPage(x.Request.URL.Path) {
		return nil
	}
	route, params, err := find(x.Request)
	if errors.Is(err, errUndocumented) {
		if x.Status == http.StatusNotFound || x.Status == http.StatusMethodNotAllowed {
			return missing(x)
		}
		return fmt.Errorf("%s %s was answered %d: %w", x.Request.Method, x.Request.URL.Path, x.Status, err)
	}
	if err != nil {
		return err
	}
	request := x.Request.Clone(context.Background())
	request.Header = canonical(x.Request.Header)
	request.Body = io.NopCloser(bytes.NewReader(x.Body))
	if len(x.Body) == 0 || x.Unread {
		request.Body = http.NoBody
	} else if media := onlyMedia(route.Operation); media != "" {
		// A body is read as what is described, whatever it says it is.
		request.Header.Set("Content-Type", media)
	}
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: params, Route: route, Options: options()}
	if !lenient && x.Status < http.StatusMultipleChoices {
		if err := asked(x, input); err != nil {
			return fmt.Errorf("the request %s %s is not as described: %w\n%s", x.Request.Method, x.Request.URL.Path, err, x.Body)
		}
	}
	if err := answered(x, input); err != nil {
		return fmt.Errorf("the answer to %s %s is not as described: status %d, %s: %w\n%s",
			x.Request.Method, x.Request.URL.Path, x.Status, x.Header.Get("Content-Type"), err, x.Answer)
	}
	return nil
}

// asked holds a request against its description.
func asked(x *Exchange, input *openapi3filter.RequestValidationInput) error {
	var media *openapi3.MediaType
	if body := input.Route.Operation.RequestBody; body != nil && !x.Unread && len(x.Body) > 0 {
		media = describedJSON(body.Value.Content, input.Request.Header)
	}
	input.Options.ExcludeRequestBody = x.Unread || media != nil
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil || media == nil {
		return err
	}
	return fits(x.Body, input.Route, media)
}

// missing wants a problem document where nothing is served.
func missing(x *Exchange) error {
	if media, _, _ := strings.Cut(x.Header.Get("Content-Type"), ";"); media != "application/problem+json" {
		return fmt.Errorf("%s %s was answered %d without a problem document: %s", x.Request.Method, x.Request.URL.Path, x.Status, media)
	}
	return nil
}

// canonical gives headers the case that they arrive in, whatever the sender
// wrote.
func canonical(h http.Header) http.Header {
	like := http.Header{}
	for name, values := range h {
		like[http.CanonicalHeaderKey(name)] = values
	}
	return like
}

// onlyMedia is the one media type that a body may have, "" if there is a
// choice or no body.
func onlyMedia(op *openapi3.Operation) string {
	if op.RequestBody == nil || len(op.RequestBody.Value.Content) != 1 {
		return ""
	}
	for media := range op.RequestBody.Value.Content {
		return media
	}
	return ""
}

func answered(x *Exchange, input *openapi3filter.RequestValidationInput) error {
	if x.Request.Method == http.MethodHead {
		return nil
	}
	response := input.Route.Operation.Responses.Status(x.Status)
	if response == nil {
		return errors.New("this status is not described")
	}
	if len(x.Answer) > 0 && len(response.Value.Content) == 0 {
		return errors.New("a body is not described")
	}
	if len(x.Answer) == 0 && len(response.Value.Content) > 0 && !empties(response.Value) {
		return errors.New("a body is described and not there")
	}
	if len(x.Answer) == 0 {
		return nil
	}
	if media, _, _ := strings.Cut(x.Header.Get("Content-Type"), ";"); media == "text/event-stream" && response.Value.Content.Get(media) != nil {
		return nil // it is read by the line
	}
	described := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: x.Status, Header: x.Header, Options: options(),
		Body: io.NopCloser(bytes.NewReader(x.Answer)),
	}
	media := describedJSON(response.Value.Content, x.Header)
	described.Options.ExcludeResponseBody = media != nil
	if err := openapi3filter.ValidateResponse(context.Background(), described); err != nil || media == nil {
		return err
	}
	return fits(x.Answer, input.Route, media)
}

// empties tells whether the described body may be empty: a picture or text.
func empties(r *openapi3.Response) bool {
	for media := range r.Content {
		if strings.HasPrefix(media, "text/") {
			return true
		}
	}
	return false
}
