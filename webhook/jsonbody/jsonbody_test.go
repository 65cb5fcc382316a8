package jsonbody_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/webhook/jsonbody"
)

const limit = 8

func TestRead(t *testing.T) {
	for name, tc := range map[string]struct {
		method, contentType string
		body                io.Reader
		want                string // body, when it can be read
		status              int
		message             string
	}{
		"a body is returned as it is":         {"POST", "application/json", strings.NewReader(" {} "), " {} ", 0, ""},
		"a character set is no other type":    {"POST", "application/json; charset=utf-8", strings.NewReader("{}"), "{}", 0, ""},
		"the type is read without its case":   {"POST", "Application/JSON", strings.NewReader("{}"), "{}", 0, ""},
		"a body of the limit still fits":      {"POST", "application/json", strings.NewReader("12345678"), "12345678", 0, ""},
		"one byte more does not":              {"POST", "application/json", strings.NewReader("123456789"), "", 413, "body is larger than 8 bytes"},
		"an empty body":                       {"POST", "application/json", strings.NewReader(""), "", 400, "body is empty"},
		"a body that ends in an error":        {"POST", "application/json", iotest.ErrReader(errors.New("reset")), "", 400, "reading body: reset"},
		"a method that has no body":           {"GET", "application/json", strings.NewReader("{}"), "", 405, "method GET is not allowed, use POST"},
		"another method that has one":         {"PUT", "application/json", strings.NewReader("{}"), "", 405, "method PUT is not allowed, use POST"},
		"no type":                             {"POST", "", strings.NewReader("{}"), "", 415, "content type must be application/json"},
		"another type":                        {"POST", "application/yaml", strings.NewReader("{}"), "", 415, "content type must be application/json"},
		"a type that starts like the right":   {"POST", "application/jsonl", strings.NewReader("{}"), "", 415, "content type must be application/json"},
		"a type that cannot be parsed at all": {"POST", "application/json; =", strings.NewReader("{}"), "", 415, "content type must be application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequest(tc.method, "/", tc.body)
			req.Header.Set("Content-Type", tc.contentType)
			w := httptest.NewRecorder()
			body, failure := jsonbody.Read(w, req, limit)
			if tc.status == 0 {
				require.Nil(t, failure)
				require.Equal(t, tc.want, string(body))
				return
			}
			require.Equal(t, &jsonbody.Error{Status: tc.status, Message: tc.message}, failure)
			require.Equal(t, tc.status == http.StatusMethodNotAllowed, w.Header().Get("Allow") == "POST")
		})
	}
}

func TestRefuse(t *testing.T) {
	w := httptest.NewRecorder()
	failure := jsonbody.Bad("spec.%s is required", "user")
	failure.Refuse(w)
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Equal(t, "spec.user is required\n", w.Body.String())
	require.EqualError(t, failure, "spec.user is required")
}
