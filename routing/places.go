package routing

import "context"

// Places is what there is to say of single places in line beside where they stand.
type Places struct {
	Kept  map[string]KeptFor // every place that waits for one counsellor, by chat
	Moved []string           // of those asked about: came from another line, by a handover or with its young person's yes
}

// KeptFor is whom a place waits for, while others are offered past it.
type KeptFor struct {
	Name  string // her account name
	Until int64  // tells one such time from the next; by the store's clock
	S     int    // whole seconds that it lasts at most, rounded up
}

// Places looks at what is kept for one counsellor, and at some places by the names that LineView.Heads has. One script
// call, O(places).
func (r *Router) Places(ctx context.Context, some []string) (Places, error) {
	args := make([]any, len(some))
	for i, chat := range some {
		args[i] = chat
	}
	_, v, err := r.shared(ctx, "places", -1, args...)
	if err != nil {
		return Places{}, err
	}
	if len(v) != 2 {
		return Places{}, r.away("places", errShape)
	}
	out := Places{Kept: map[string]KeptFor{}, Moved: texts(v[1])}
	kept, _ := v[0].([]any)
	for _, k := range kept {
		f, _ := k.([]any)
		if len(f) != 4 {
			return Places{}, r.away("places", errShape)
		}
		s := texts(k)
		out.Kept[s[0]] = KeptFor{Name: s[1], Until: int64(asInt(f[2])), S: min(asInt(f[3]), int(preferFor.Seconds()))}
	}
	return out, nil
}

// Anyone has a place that waits for one counsellor wait for anybody, at its ticket. It may be repeated. ErrNotNow where it
// waits for nobody, or a newer socket stands.
func (r *Router) Anyone(ctx context.Context, chat, sock string) error {
	status, _, err := r.shared(ctx, "anyone", 0, chat, r.sock(sock))
	if err != nil {
		return err
	}
	return statusError(status, "none", ErrNotNow)
}
