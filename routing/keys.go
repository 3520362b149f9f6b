package routing

// Every Redis key of this package is named here. Two families, one hash tag each:
//
// The routing state of the deployment, tag {<prefix>}; the list and its order are those of lua/shared_prelude.lua.
//   - chats: chat -> JSON {l line, g lang, t ticket, c class (0 place kept from before, 1 urgent, 2 other), u urgent,
//     p topic, k the young person's key, y node/sock of their socket or "", w target in s, a arrival in s while waiting,
//     s state (w in line, h held, o offered, t talking, d done, l lost, x over), f offer, o owner, e epoch, q owner's
//     key, b node/sock of her desk, w8 true while her line is down, x name -> [pass, until in s], r reason of the end,
//     v version}
//   - counsellors: name -> JSON {L lines, G languages, s rest|ready, c capacity, h places held (chats, wrap-ups that
//     count, a ring), k node/sock of her desk or "", f offer that rings or "", i idle since ticket, r ready since ticket}
//   - life: a random name of this life of the store; rewrite: who has the append-only file rewritten this hour
//
// One chat, tag {<chat>}:
//   - state HASH: ph phase, v version, line, tok SHA-256 of the token, sh share, ds share of the desk, pky the young
//     person's key, own owner, e epoch, ep JSON [{e, o owner, k key, y and c tags, s seq before}], seq, ly and lc last
//     seq by side, ry and rc read marks, yn and cn node of each side's socket, sock node/sock of the young person's, q
//     quiet, r reason, h whole hour of the last write, i<id> -> seq
//   - log STREAM 0-seq -> b: tail of the msg frame
//
// Both keys of a chat expire at a whole hour, at least two hours after the last write; a tombstone at least one.
func sharedKeys(prefix string) []string {
	names := []string{"tickets", "chats", "waiting", "counsellors", "free", "duty", "held", "offers", "due", "waits",
		"room", "streak", "bucket", "at", "talking"}
	for i, n := range names {
		names[i] = sharedKey(prefix, n)
	}
	return names
}

func sharedKey(prefix, name string) string { return prefix + ":{" + prefix + "}:" + name }

func stateKey(prefix, chat string) string { return prefix + ":{" + chat + "}:state" }

func logKey(prefix, chat string) string { return prefix + ":{" + chat + "}:log" }

// nodeChannel carries the wakes of one node, allChannel those of every node. A wake is one letter and its subject:
// c<chat>, d<counsellor>, l (lines), p (the node's own heartbeat), m<chat><from><seq>:<prev>:<body>.
func nodeChannel(prefix, node string) string { return prefix + ":node:" + node }

func allChannel(prefix string) string { return prefix + ":all" }
