// Package jsonbody reads the body of a webhook request within a bound.
package jsonbody

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// Error is a request that cannot be read, with the status to answer.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return e.Message }

// Bad is a request whose content is wrong: 400.
func Bad(format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Message: fmt.Sprintf(format, args...)}
}

// Read returns the body of a POST request of type application/json that is no longer than limit bytes.
func Read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *Error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &Error{http.StatusMethodNotAllowed, "method " + r.Method + " is not allowed, use POST"}
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, &Error{http.StatusUnsupportedMediaType, "content type must be application/json"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &Error{http.StatusRequestEntityTooLarge, fmt.Sprintf("body is larger than %d bytes", limit)}
	case err != nil:
		return nil, Bad("reading body: %v", err)
	case len(body) == 0:
		return nil, Bad("body is empty")
	}
	return body, nil
}

// Refuse answers with the error as plain text.
func (e *Error) Refuse(w http.ResponseWriter) { http.Error(w, e.Message, e.Status) }

// Write answers with JSON. A client that has gone away is not our error.
func Write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}
