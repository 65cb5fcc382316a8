package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// printer returns what writes a result in a format.
func printer(format string) (func(io.Writer, *result) error, error) {
	switch format {
	case "table":
		return writeTable, nil
	case "json":
		return writeJSON, nil
	default:
		return nil, fmt.Errorf("unknown format %q, want table or json", format)
	}
}

func writeJSON(w io.Writer, res *result) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(res)
}

func writeTable(w io.Writer, res *result) error {
	_, err := fmt.Fprintf(w, "Server CPU for one SubjectAccessReview over mutual TLS and HTTP/2, one connection, %d at once;\n"+
		"median of %d rounds of %d requests, ratios with their least and greatest round.\n\n",
		res.Workers, res.Rounds, res.RequestsPerRound)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "server\tCPU\t/ floor\t/ decode\tp50\tp99\tmemory\tat most")
	for _, r := range res.Servers {
		fmt.Fprintf(table, "%s\t%.1f µs\t%s\t%s\t%.0f µs\t%.0f µs\t%.0f MiB\t%.0f MiB\n",
			r.Name, r.CPUMicros, r.ToFloor, r.ToDecode, r.P50Micros, r.P99Micros, r.RSSMiB, r.PeakMiB)
	}
	fmt.Fprintln(table, "\ndecision in process\ttime\t/ one tenant")
	for _, d := range res.Decisions {
		fmt.Fprintf(table, "%s\t%.0f ns\t%.2f\n", d.Name, d.Nanos, d.ToOne)
	}
	fmt.Fprintln(table, "\npromise\tat most\tmeasured\t")
	for _, p := range res.Promises {
		fmt.Fprintf(table, "%s\t%g %s\t%.2f %s\t%s\n", p.What, p.AtMost, p.Unit, p.Measured, p.Unit, p.verdict())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\nAt most, the server with the large policy held %.0f MiB.\n", res.Large.PeakMiB)
	return err
}

func (r ratio) String() string {
	if r.Min == r.Max {
		return fmt.Sprintf("%.2f", r.Median)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r.Median, r.Min, r.Max)
}

func (p promise) verdict() string {
	if p.Kept {
		return "kept"
	}
	return "above the promise"
}

// count says how many of something there are.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
