package main

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// SARIF 2.1.0, as code hosts show it beside the lines of a change.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     policy.Severity `json:"level"` // error and warning are SARIF's words too
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
)

func sarif(found []finding) sarifLog {
	driver := sarifDriver{Name: "bailiwick", Version: buildVersion(), Rules: []sarifRule{}}
	results := []sarifResult{}
	for _, f := range found {
		if !slices.ContainsFunc(driver.Rules, func(r sarifRule) bool { return r.ID == f.rule }) {
			driver.Rules = append(driver.Rules, sarifRule{f.rule, sarifText{about(f.rule)}})
		}
		result := sarifResult{RuleID: f.rule, Level: f.Severity, Message: sarifText{f.withoutPlace()}}
		if at := f.Position; at.File != "" {
			physical := sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: filepath.ToSlash(at.File)}).String()}}
			if at.Line > 0 {
				physical.Region = &sarifRegion{at.Line}
			}
			result.Locations = []sarifLocation{{physical}}
		}
		results = append(results, result)
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{{sarifTool{driver}, results}}}
}

// withoutPlace is the finding for whoever shows the place himself.
func (f finding) withoutPlace() string {
	p := f.Problem
	p.Position = policy.Position{}
	if p.Hint == "" {
		return p.String()
	}
	return p.String() + " (" + p.Hint + ")"
}

// about says what a rule is for.
func about(rule string) string {
	name, _, _ := strings.Cut(rule, "/")
	for _, g := range admit.Guards() {
		if g.Name == name {
			return g.Doc
		}
	}
	for _, r := range apiserver.Rules() {
		if r.ID == rule {
			return r.Doc
		}
	}
	return "Says what cannot be read and what is not in force in a policy."
}
