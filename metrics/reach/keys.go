package reach

// keys names every key of this package. They share the hash tag {<prefix>:reach}. What stands in each, and for how long,
// is Inventory.
type keys struct{ prefix string }

func (k keys) tag() string { return k.prefix + ":{" + k.prefix + ":reach}:" }

// open HASH of one table of one period that is not sealed: cell -> noise and counts in one sum; .epsilon the budget as a
// fraction, .since the first day that is counted, .back 1 once the ledger went back in time, .emptied the day on which it was seen
// to have been emptied, where the period began before that day or on it. Until it is sealed.
func (k keys) open(name string) string { return k.tag() + "open:" + name }

// sealed HASH, as open with .lost, the node-days that were lost; .example 1 where it is invented. Never expires.
func (k keys) sealed(name string) string { return k.tag() + "sealed:" + name }

// opened and sealedSet are SETs of <table>:<period>.
func (k keys) opened() string    { return k.tag() + "opened" }
func (k keys) sealedSet() string { return k.tag() + "sealed" }

// pending HASH batch -> day that a node counts or has counted and not flushed. Until flushed, or until nothing that the
// day lies in is open.
func (k keys) pending() string { return k.tag() + "pending" }

// meta HASH: life, a random name; flushes, how many there were. Both tell a node that the ledger is not what it was.
// emptied, once a node knew another life before this one: the day on which it saw that. last, the last day that is counted.
func (k keys) meta() string { return k.tag() + "meta" }

// witness HASH on the Redis of the chats, where the ledger has one of its own: life and flushes as a node last saw them,
// so that one that starts knows a ledger that was emptied or put back. Never expires.
func (k keys) witness() string { return k.tag() + "witness" }

// entered HASH campaign|channel|month -> JSON of what a coordinator noted. Until removed by hand.
func (k keys) entered() string { return k.tag() + "entered" }

// name is how a table of a period is called, in keys and in backups.
func name(t Table, p Period) string { return string(t) + ":" + p.String() }
