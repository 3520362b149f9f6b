package client

import (
	"errors"
	"fmt"
)

var (
	// ErrConfirm is the error of a key confirmation that does not check.
	ErrConfirm = errors.New("client: the key confirmation does not check")
	// ErrOtherKey is the error of an epoch that comes with another key than before.
	ErrOtherKey = errors.New("client: another key for the same epoch")
	// ErrClosed is the error of sending or waiting on a connection that ended.
	ErrClosed = errors.New("client: connection closed")
)

// HandshakeError is the error of a server that did not upgrade, or refused a call of /staff.
type HandshakeError struct{ Status int }

func (e *HandshakeError) Error() string { return fmt.Sprintf("client: HTTP status %d", e.Status) }

// Refused is the error of a join that found no place.
type Refused struct{ Event }

func (e *Refused) Error() string { return "client: refused: " + e.Reason }

// ErrFrame is an error frame where an answer was waited for.
type ErrFrame struct{ Code, Re string }

func (e *ErrFrame) Error() string { return "client: error frame " + e.Code + " for " + e.Re }
