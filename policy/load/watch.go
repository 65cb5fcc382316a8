package load

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long nothing must have changed before the files are read: an editor or a copy writes in steps.
	quiet = 100 * time.Millisecond
	// longest bounds the wait when changes never pause, so that a change is in force within a second.
	longest = 500 * time.Millisecond
	// poll finds what no event tells: a directory that was replaced, a link to a file elsewhere, a network file system.
	poll = 5 * time.Second
)

// Watch calls changed after the files may have changed, until the context ends. Calls do not overlap.
func (r *Reader) Watch(ctx context.Context, changed func()) error {
	path := r.path
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watching %s: %w", path, err)
	}
	defer w.Close() //nolint:errcheck // nothing to save
	watchTree(w, path)
	d := newDebounce()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.Events:
			d.touch()
		case <-w.Errors: //nolint:errcheck // events were lost: reading once more makes up for them
			d.touch()
		case <-tick.C:
			d.touch()
		case <-d.timer.C:
			d.first = time.Time{}
			// A directory that appeared or was replaced has to be watched before it is read, not after.
			watchTree(w, path)
			changed()
		}
	}
}

// watchTree watches the directories under a path; watching one twice does nothing. What cannot be watched is polled.
func watchTree(w *fsnotify.Watcher, path string) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		_ = w.Add(filepath.Dir(path))
		return
	}
	_ = w.Add(path)
	_ = filepath.WalkDir(path+string(filepath.Separator), func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = w.Add(p)
		}
		return nil
	})
}

// debounce waits for quiet after the last touch, but no longer than longest after the first.
type debounce struct {
	timer *time.Timer
	first time.Time // zero when nothing waits
}

func newDebounce() *debounce {
	d := &debounce{timer: time.NewTimer(time.Hour)}
	d.timer.Stop()
	return d
}

func (d *debounce) touch() {
	now := time.Now()
	if d.first.IsZero() {
		d.first = now
	}
	d.timer.Reset(min(quiet, d.first.Add(longest).Sub(now)))
}
