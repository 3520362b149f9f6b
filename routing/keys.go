package routing

// Every Redis key of this package is named here; what stands in each, about whom and for how long is the list of
// stored.go, which takes the names from these functions. Two families, one hash tag each:
//
// The routing state of the deployment, tag {<prefix>}; the list and its order are those of lua/prelude.
//
// One chat, tag {<chat>}: its state HASH and its log STREAM, 0-seq -> b: tail of the msg frame. Both expire at a whole
// hour, at least two hours after the last write; a tombstone at least one.
func sharedKeys(prefix string) []string {
	names := []string{"tickets", "chats", "waiting", "counsellors", "free", "duty", "held", "offers", "due", "waits",
		"room", "streak", "bucket", "at", "talking", "codes", "help", "down", "asked", "kept"}
	for i, n := range names {
		names[i] = sharedKey(prefix, n)
	}
	return names
}

func sharedKey(prefix, name string) string { return tagged(prefix) + ":" + name }

func stateKey(prefix, chat string) string { return prefix + ":{" + chat + "}:state" }

func logKey(prefix, chat string) string { return prefix + ":{" + chat + "}:log" }

// nodeChannel carries the wakes of one node, allChannel those of every node. A wake is one letter and its subject:
// c<chat>, d<counsellor>, l (lines), p (the node's own heartbeat), s (another life of the store), m<chat><from><seq>:<prev>:<body>.
//
// On a Cluster the wakes of the routing state go by sharded Pub/Sub, on channels that carry its tag.
func nodeChannel(prefix, node string) string { return prefix + ":node:" + node }

func allChannel(prefix string) string { return prefix + ":all" }

func tagged(prefix string) string { return prefix + ":{" + prefix + "}" }
