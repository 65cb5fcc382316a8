package main

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func untilDone(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func TestServerEndsWithWhatFailsBesideIt(t *testing.T) {
	broken := errors.New("broken")
	require.ErrorIs(t, together(t.Context(), untilDone, untilDone, func(context.Context) error { return broken }), broken)
	require.ErrorIs(t, together(t.Context(), func(context.Context) error { return broken }, untilDone), broken)
}

func TestWhatRunsBesideTheServerOutlivesIt(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	drained := false
	server := func(serving context.Context) error {
		stop()
		<-serving.Done()
		drained = true
		return nil
	}
	require.NoError(t, together(ctx, server, func(background context.Context) error {
		<-background.Done()
		require.True(t, drained)
		return nil
	}))
}
