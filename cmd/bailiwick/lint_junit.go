package main

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// JUnit's XML as CI systems read it: each object is a test, which its errors fail. Warnings stand in its output.
type (
	junitSuites struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class    string         `xml:"classname,attr"` // the file
		Name     string         `xml:"name,attr"`      // the object and its line
		Failures []junitFailure `xml:"failure"`
		Output   string         `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func printJUnit(out io.Writer, documents []document, found []finding) error {
	suite := junitSuite{Name: "bailiwick lint"}
	at := map[string]int{}
	test := func(object policy.Ref, p policy.Position) *junitCase {
		name := strings.TrimSpace(object.String() + " " + p.String())
		i, known := at[name]
		if !known {
			i = len(suite.Cases)
			at[name] = i
			suite.Cases = append(suite.Cases, junitCase{Class: p.File, Name: name})
		}
		return &suite.Cases[i]
	}
	for _, d := range documents {
		test(d.ref(), d.at)
	}
	for _, f := range found {
		c := test(f.Object, f.Position)
		if !isError(f.Problem) {
			c.Output += "warning: " + f.String() + "\n"
			continue
		}
		c.Failures = append(c.Failures, junitFailure{Type: f.rule, Message: f.String(), Text: f.Hint})
	}
	suite.Tests = len(suite.Cases)
	for _, c := range suite.Cases {
		if len(c.Failures) > 0 {
			suite.Failures++
		}
	}
	text, err := xml.MarshalIndent(junitSuites{Suite: suite}, "", "  ")
	if err == nil {
		_, err = io.WriteString(out, xml.Header+string(text)+"\n")
	}
	return err
}
