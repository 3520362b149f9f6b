package staff

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
)

// keys names every key of this package; what stands in each and for how long is the list of stored.go. They share the hash tag {<prefix>:staff}.
type keys struct{ prefix string }

func (k keys) tag() string { return "{" + k.prefix + ":staff}" }

// accounts HASH account name -> JSON of record. Never expires.
func (k keys) accounts() string { return k.tag() + ":accounts" }

// session STRING JSON of pass. Expires at a whole hour.
func (k keys) session(secret string) string { return k.sessionOf(digest(secret)) }

func (k keys) sessionOf(digest string) string { return k.tag() + ":session:" + digest }

// ticket STRING JSON of pass. Expires after TicketLife; taken by the first who shows it.
func (k keys) ticket(secret string) string { return k.ticketOf(digest(secret)) }

func (k keys) ticketOf(digest string) string { return k.tag() + ":ticket:" + digest }

// tries STRING number of attempts to log in as somebody in one slot of time. The name stands there as a digest: an
// attempt names whatever somebody typed, perhaps a password in the wrong field.
func (k keys) tries(name string, slot int64) string { return k.allTries(slot) + ":" + digest(name) }

// allTries STRING number of attempts to log in, of the whole deployment, in one slot of time.
func (k keys) allTries(slot int64) string { return k.triesOf(strconv.FormatInt(slot, 10)) }

func (k keys) triesOf(slot string) string { return k.tag() + ":tries:" + slot }

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
